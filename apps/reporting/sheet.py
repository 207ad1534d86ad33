"""An institution's sheet in one project: every catalogue item with its line, its baseline and what it still needs.

Reads only; three statements whatever the size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import cast

from django.db.models import QuerySet

from apps.projects.models import CatalogItem, ExplanationScope, Project, ProjectKind
from apps.review.models import Filing
from apps.ui import formats

from .models import DemandLine, HistoryDoubt, PackMark, PurchaseHistory, Reason
from .rates import Baseline, Direction, Rule, may_be_packs, rate_in_words
from .words import in_words

ITEM_FIELDS = (
    "item_code",
    "position",
    "variety",
    "pinyin",
    "dosage_form",
    "specification",
    "unit",
    "pack_quantity",
    "manufacturer_name",
    "unified_code",
    "reference_price",
    "filling_note",
    "project",
)


def rule_of(project: Project) -> Rule:
    """When a line of the project needs an explanation."""
    asked = (
        project.explanation_scope == ExplanationScope.LINE and project.kind == ProjectKind.DEMAND
    )
    direction = cast("Direction", project.explanation_direction)
    return Rule(direction, project.explanation_threshold, is_asked=asked)


def total_rule_of(project: Project) -> Rule:
    """When the filing's total needs a reason (上报理由, S3-18)."""
    asked = (
        project.explanation_scope == ExplanationScope.TOTAL and project.kind == ProjectKind.DEMAND
    )
    direction = cast("Direction", project.explanation_direction)
    return Rule(direction, project.explanation_threshold, is_asked=asked)


@dataclass(frozen=True, slots=True)
class Row:
    """One item with what was typed. `history` is by year; `line` `None` where nothing was ever saved."""

    item: CatalogItem
    line: DemandLine | None
    baseline: Baseline
    rule: Rule
    history: Mapping[int, int] = field(default_factory=dict)
    doubts: tuple[HistoryDoubt, ...] = ()

    @property
    def planned(self) -> int | None:
        return self.line.planned if self.line else None

    @property
    def version(self) -> int:
        """0 before the first save."""
        return self.line.version if self.line else 0

    @property
    def reason(self) -> str:
        return self.line.reason if self.line else ""

    @property
    def explanation(self) -> str:
        return self.line.explanation if self.line else ""

    @property
    def words(self) -> str:
        """增幅降幅说明 as one text (S2-34)."""
        return in_words(self.reason, self.explanation)

    @property
    def rate(self) -> str:
        return rate_in_words(self.planned, self.baseline)

    @property
    def is_due(self) -> bool:
        return self.rule.is_due(self.planned, self.baseline)

    @property
    def is_explained(self) -> bool:
        return self.reason not in ("", Reason.OTHER) or bool(self.explanation)

    @property
    def needs_words(self) -> bool:
        return self.is_due and not self.is_explained

    @property
    def pack_mark(self) -> PackMark:
        return PackMark(self.line.pack_mark) if self.line else PackMark.NONE

    @property
    def packs(self) -> str:
        """`= 12 盒`; nothing for none."""
        return (
            ""
            if not self.planned
            else formats.packs(self.planned, pack=self.item.pack_quantity, unit=self.item.unit)
        )

    @property
    def amount(self) -> Decimal | None:
        """Estimated yuan by the reference price, exact."""
        if self.planned is None or self.item.reference_price is None:
            return None
        return self.planned * self.item.reference_price / self.item.pack_quantity


def rows_of(
    project: Project, filing: Filing, items: QuerySet[CatalogItem] | None = None
) -> list[Row]:
    """The sheet in catalogue order; `items` narrows it, and what is read for it."""
    chosen = list(catalogue(project) if items is None else items)
    lines = DemandLine.objects.of_filing(filing)
    only = None if items is None else [item.pk for item in chosen]
    if only is not None:
        lines = lines.filter(item__in=only)
    by_item = {line.item_id: line for line in lines}
    history = history_of(project, filing.organization_id, only)
    rule = rule_of(project)
    return [
        _row(project, rule, item, by_item.get(item.pk), history.get(item.pk, {})) for item in chosen
    ]


def _row(
    project: Project,
    rule: Rule,
    item: CatalogItem,
    line: DemandLine | None,
    history: Mapping[int, int],
) -> Row:
    return Row(item, line, baseline_of(project, history), rule, history)


def catalogue(project: Project) -> QuerySet[CatalogItem]:
    """The items in the one order of all pages."""
    items: QuerySet[CatalogItem] = CatalogItem.objects.filter(project=project)
    return items.only(*ITEM_FIELDS).order_by("position", "item_code")


def history_of(
    project: Project, organization_id: int, items: Sequence[int] | None = None
) -> dict[int, dict[int, int]]:
    """By item and year, what the institution bought; nothing where the task itself collects it."""
    if project.kind != ProjectKind.DEMAND:
        return {}
    found: dict[int, dict[int, int]] = {}
    rows = PurchaseHistory.objects.of_institution(project, organization_id)
    if items is not None:
        rows = rows.filter(item__in=items)
    for item, year, quantity in rows.values_list("item_id", "year", "quantity"):
        found.setdefault(item, {})[year] = quantity
    return found


def baseline_of(project: Project, history: Mapping[int, int]) -> Baseline:
    years = project.baseline_years
    return Baseline(sum(history.get(year, 0) for year in years), len(years))


def is_pack_suspect(row: Row, planned: int | None) -> bool:
    """Whether the quantity looks like boxes typed as smallest units, or the reverse (rules §1)."""
    return may_be_packs(planned, row.baseline, row.item.pack_quantity)
