"""The printed list of whom to call about agreements."""

from django.utils import timezone

from apps.distribution.domain.agreements.progress import Institutions
from apps.exchange.files.pdf import Document, Table, Text
from apps.projects.models import Project
from apps.ui import formats

LONGEST = 2_000
"""Rows of one list: more is an export."""


def phone_list(project: Project, place: str, institutions: Institutions) -> Document:
    """The institutions with their contacts and what is open."""
    rows = institutions.some(0, LONGEST)
    more = (
        (Text(f"只列出前 {LONGEST:,} 家，其余请用导出。", quiet=True),)
        if len(institutions) > LONGEST
        else ()
    )
    return Document(
        title="三方协议催办电话单",
        subtitle=f"{place} · {project.name}",
        facts=(("家数", f"{len(rows):,}"), ("时间", formats.moment(timezone.now()))),
        blocks=(
            Table(
                headers=("机构", "上级", "待办", "联系人", "联系电话", "备注"),
                rows=(
                    (
                        row.filing.organization.name,
                        row.filing.parent.organization.name if row.filing.parent else "",
                        row.open_in_words or "已办完",
                        row.filing.organization.contact_name,
                        row.filing.organization.phone,
                        "",
                    )
                    for row in rows
                ),
                widths=(5, 4, 4, 2, 3, 2),
            ),
            *more,
        ),
        footer=f"{project.code} 三方协议催办电话单",
    )
