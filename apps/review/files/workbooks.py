"""Exports of the review pages: the list of a bureau's units as its filter shows it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from apps.accounts.domain.handovers.names import Holders
from apps.accounts.models.roles import Permission
from apps.exchange.domain.exports import About, ExportSpec
from apps.exchange.domain.registry import register_export
from apps.exchange.files.columns import Column, Kind, SheetSpec, WorkbookSpec
from apps.organizations.models import Tier
from apps.review.domain.figures import YUAN, Figure, figures_of
from apps.review.domain.filings.marks import (
    CHANGED,
    GRAVE,
    ODD,
    RISE,
    days_waited,
    marked,
    marks_of,
)
from apps.review.domain.filters import FilingFilter
from apps.review.domain.headings import review_title
from apps.review.domain.kinds import Mark, figure_labels, marking_of
from apps.review.domain.labels import status_text
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.ui.domain.conditions import conditions_of
from apps.ui.lists import matching

CHUNK = 500
SHEET = "审核列表"
Context = Mapping[str, Any]
COLUMNS = (
    Column("name", "机构", width=32),
    Column("code", "编码", Kind.CODE, width=18),
    Column("grade", "等级"),
    Column("region", "区划"),
    Column("status", "审核状态", width=18),
    Column("submitted_at", "上报时间", Kind.MOMENT, width=20),
    Column("reviewed_by", "审核人"),
    Column("reviewed_at", "审核时间", Kind.MOMENT, width=20),
    Column("return_reason", "退回原因", width=40, max_length=500),
)

MARKS = (
    Column("odd", "异常（条）", Kind.WHOLE),
    Column("grave", "严重异常（条）", Kind.WHOLE),
    Column("worst", "最大异常", width=40, max_length=300),
    Column("rise", "较上年（%）", Kind.DECIMAL),
    Column("changed", "再次上报改动（条）", Kind.WHOLE),
    Column("document", "签章件"),
    Column("waited", "已等待（天）", Kind.WHOLE),
)
"""Where the kind knows what stands out."""


def _own(context: Context) -> Filing:
    own: Filing = Filing.objects.select_related("project", "organization").get(pk=context["own_id"])
    return own


def _filtered(context: Context, own: Filing) -> QuerySet[Any]:
    rows = Filing.objects.children_of(own).with_organization().select_related("reviewed_by")
    chosen = matching(FilingFilter(context["filters"], queryset=rows, own=own, kind=own.kind))
    return marked(chosen, own.kind).order_by("path")


def _workbook(context: Context) -> WorkbookSpec:
    own = _own(context)
    columns = tuple(_figure_column(at, *figure) for at, figure in enumerate(_named(context, own)))
    columns += MARKS if marking_of(own.kind) else ()
    title = review_title(own.kind, own.tier)
    return WorkbookSpec(
        "review.filings", filename=title, sheets=(SheetSpec(SHEET, COLUMNS + columns),)
    )


def _figure_column(at: int, label: str, unit: str) -> Column:
    kind = Kind.DECIMAL if unit == YUAN else Kind.WHOLE
    return Column(f"figure_{at}", f"{label}（{unit}）" if unit else label, kind, width=16)


def _named(context: Context, own: Filing) -> list[tuple[str, str]]:
    """The kind names its figures and their units; one bureau and one institution show which there are."""
    rows = _filtered(context, own).exclude(status=Status.DRAFT)
    examples = (
        rows.exclude(tier=Tier.INSTITUTION).first(),
        rows.filter(tier=Tier.INSTITUTION).first(),
    )
    shown = [row for row in examples if row]
    figures = figures_of(shown)
    units = {label: _unit(said) for pairs in figures.values() for label, said in pairs}
    return [(label, units[label]) for label in figure_labels(shown, figures)]


def _unit(said: str) -> str:
    return said.unit if isinstance(said, Figure) else ""


def _rows(context: Context) -> dict[str, Iterable[dict[str, Any]]]:
    own = _own(context)
    filings: Iterator[Filing] = _filtered(context, own).iterator(chunk_size=CHUNK)
    return {SHEET: _records(filings, [label for label, _unit in _named(context, own)])}


def _records(filings: Iterator[Filing], labels: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Figures are asked for a chunk at a time; those of what wasn't reported stay empty, as on the page."""
    while chunk := list(islice(filings, CHUNK)):
        figures, marks, holders = figures_of(chunk), marks_of(chunk), Holders()
        for filing in chunk:
            shown = dict(figures.get(filing.pk, ()))
            named = {f"figure_{at}": _number(shown.get(label)) for at, label in enumerate(labels)}
            yield _record(filing, holders) | named | _marked(filing, marks.get(filing.pk, Mark()))


def _marked(filing: Any, mark: Mark) -> dict[str, Any]:
    """What the page's columns say, as numbers; empty where nothing is known."""
    rise: Decimal | None = getattr(filing, RISE, None)
    return {
        "odd": getattr(filing, ODD, None),
        "grave": getattr(filing, GRAVE, None),
        "worst": mark.worst,
        "rise": None if rise is None else rise.quantize(Decimal("0.1"), ROUND_HALF_UP),
        "changed": getattr(filing, CHANGED, None),
        "document": mark.document[0] if mark.document else "",
        "waited": days_waited(filing),
    }


def _number(said: str | None) -> Any:
    return said.number if isinstance(said, Figure) else said


def _record(filing: Filing, holders: Holders) -> dict[str, Any]:
    unit = filing.organization
    return {
        "name": unit.name,
        "code": unit.code,
        "grade": unit.grade,
        "region": unit.division.name if unit.division else "",
        "status": status_text(filing),
        "submitted_at": filing.submitted_at,
        "reviewed_by": holders.name(filing.reviewed_by, filing.reviewed_at),
        "reviewed_at": filing.reviewed_at,
        "return_reason": filing.return_reason,
    }


def _about(context: Context) -> About:
    own = _own(context)
    filters = FilingFilter(
        context["filters"], queryset=Filing.objects.none(), own=own, kind=own.kind
    )
    return About(own.project.name, own.project.code, conditions_of(filters.form))


FILING_EXPORT = register_export(
    ExportSpec(
        name="review.filings",
        title="导出审核列表",
        workbook=_workbook,
        rows=_rows,
        count=lambda context: _filtered(context, _own(context)).count(),
        about=_about,
        permissions=(Permission.REVIEW, Permission.EXPORT),
    )
)
