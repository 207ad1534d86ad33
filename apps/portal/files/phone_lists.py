"""Documents of the portal: the list of phones for whoever is still to report."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from apps.exchange.files.pdf import Document, Table, Text
from apps.portal.domain.progress import Stage
from apps.projects.models import Project
from apps.review.models import Filing
from apps.ui import formats

LONGEST = 2_000
"""Rows of one list: more is an export."""


def phone_list(project: Project, top: Filing, rows: "QuerySet[Any]") -> Document:
    """The institutions of `rows` with their contacts, forty to a page."""
    found = list(
        rows.select_related("organization", "parent__organization").order_by("path")[: LONGEST + 1]
    )
    more = (
        (Text(f"只列出前 {LONGEST:,} 家，其余请用导出。", quiet=True),)
        if len(found) > LONGEST
        else ()
    )
    return Document(
        title="填报催办电话单",
        subtitle=f"{top.organization.name} · {project.name}",
        facts=(("家数", f"{min(len(found), LONGEST):,}"), ("时间", formats.moment(timezone.now()))),
        blocks=(
            Table(
                headers=("机构", "上级", "状态", "联系人", "联系电话", "备注"),
                rows=_rows(found[:LONGEST]),
                widths=(6, 4, 2, 2, 3, 3),
            ),
            *more,
        ),
        footer=f"{project.code} 催办电话单",
    )


def _rows(filings: list[Filing]) -> Iterator[tuple[str, ...]]:
    for filing in filings:
        unit = filing.organization
        above = filing.parent.organization.name if filing.parent else ""
        stage = Stage(filing.stage).label  # type: ignore[attr-defined]
        yield unit.name, above, stage, unit.contact_name, unit.phone, ""
