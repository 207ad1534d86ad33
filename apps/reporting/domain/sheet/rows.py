"""An institution's sheet in one project: every catalogue item with its line, its baseline and what it still needs.

Reads only; three statements in one trip, whatever the size; one more for what was reported before a correction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol, cast

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, QuerySet, Subquery
from django.utils.functional import cached_property

from apps.projects.domain.money import amount
from apps.projects.models import CatalogItem, ExplanationScope, ItemTerms, Project, ProjectKind
from apps.reporting.domain.rates import (
    Baseline,
    Direction,
    Rule,
    may_be_packs,
    percent,
    rate_in_words,
)
from apps.reporting.domain.sheet.sql import LineNow, microseconds
from apps.reporting.domain.words import in_words
from apps.reporting.models import (
    DemandLine,
    DemandReport,
    HistoryDoubt,
    PackMark,
    PurchaseHistory,
    Reason,
)
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN
from apps.scope.database import Ask, send
from apps.scope.prepared import Among, Prepared
from apps.ui import formats


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


@dataclass(frozen=True)
class Row:
    """One item with what was typed. `history` is by year; `line` `None` where nothing was ever saved.

    `priced` is the item as it was when the filing was reported, where a correction changed it since: a price that is
    corrected holds for what is reported from then on.
    """

    item: CatalogItem
    line: DemandLine | None
    baseline: Baseline
    rule: Rule
    history: Mapping[int, int] = field(default_factory=dict)
    doubts: tuple[HistoryDoubt, ...] = ()
    priced: ItemTerms | None = None

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
    def now(self) -> LineNow:
        """As a save finds it."""
        item, line = self.item, self.line
        place = (item.pk, item.pack_quantity, item.unit, self.baseline.years, self.baseline.total)
        if line is None:
            return LineNow(*place, None, "", "", "", False, False, 0, 0, item.added_in or 0)  # noqa: FBT003
        return LineNow(
            *place,
            line.planned,
            line.reason,
            line.explanation,
            line.pack_mark,
            line.is_saved,
            line.to_correct,
            line.version,
            microseconds(line.updated_at),
            item.added_in or 0,
        )

    @property
    def words(self) -> str:
        """增幅降幅说明 as one text (S2-34)."""
        return in_words(self.reason, self.explanation)

    @property
    def rate(self) -> str:
        return rate_in_words(self.planned, self.baseline)

    @property
    def exact_rate(self) -> Decimal | str:
        """The rate as a number of per cents; in words where there is none."""
        change = percent(self.planned, self.baseline)
        return self.rate if change is None else change

    @property
    def is_due(self) -> bool:
        return self.rule.is_due(self.planned, self.baseline)

    @property
    def is_explained(self) -> bool:
        return self.reason not in ("", Reason.OTHER) or bool(self.explanation)

    @cached_property
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
        """Estimated yuan and fen by the reference price."""
        terms = self.priced or self.item
        if self.planned is None or terms.reference_price is None:
            return None
        return amount(terms.reference_price, terms.pack_quantity, self.planned)


class SheetAsk:
    """The rows of a sheet, to be asked together; `items` narrows them."""

    def __init__(
        self, project: Project, filing: Filing, items: Sequence[int] | None = None
    ) -> None:
        self._project, self._filing = project, filing
        some: dict[str, Any] = {} if items is None else {"items": list(items)}
        place = {"project": project.pk, "organization": filing.organization_id}
        self._items = (ITEMS if items is None else SOME_ITEMS).ask(project=project.pk, **some)
        self._lines = (LINES if items is None else SOME_LINES).ask(filing=filing.pk, **some)
        self._history = (HISTORY if items is None else SOME_HISTORY).ask(**place, **some)
        self.asks: tuple[Ask[Any], ...] = (self._items, self._lines)
        if project.kind == ProjectKind.DEMAND:
            self.asks = (*self.asks, self._history)

    def rows(self) -> list[Row]:
        """In catalogue order; no history where the task itself collects it."""
        project, rule = self._project, rule_of(self._project)
        lines = {line.item_id: line for line in self._lines.answer}
        history: dict[int, dict[int, int]] = {}
        if self._history in self.asks:
            for item, year, quantity in self._history.answer:
                history.setdefault(item, {})[year] = quantity
        terms = _terms_then(project, self._filing, self._items.answer)
        return [
            Row(
                item,
                lines.get(item.pk),
                baseline_of(project, history.get(item.pk, {})),
                rule,
                history.get(item.pk, {}),
                priced=terms.get(item.pk),
            )
            for item in self._items.answer
        ]


def rows_of(project: Project, filing: Filing, items: Sequence[int] | None = None) -> list[Row]:
    """The sheet, or some rows of it, in one trip to the server."""
    sheet = SheetAsk(project, filing, items)
    send(*sheet.asks)
    return sheet.rows()


class Packed(Protocol):
    """What a quantity of an item is read by."""

    @property
    def pk(self) -> int: ...
    @property
    def pack_quantity(self) -> int: ...
    @property
    def unit(self) -> str: ...
    @property
    def added_in(self) -> int | None: ...


def items_of(code: str, items: Sequence[int]) -> list[Packed]:
    """Some items of a project's catalogue; those of others are left out."""
    return PACKED(code=code, items=list(items))


def catalogue(project: Any) -> QuerySet[CatalogItem]:
    """The items that are reported, in the one order of all pages."""
    items: QuerySet[CatalogItem] = CatalogItem.objects.filter(project=project, is_withdrawn=False)
    return items.order_by("position", "item_code")


def _lines(filing: Any) -> QuerySet[DemandLine]:
    return DemandLine.objects.filter(filing_id=filing)


def _history(project: Any, organization: Any) -> QuerySet[Any]:
    rows = PurchaseHistory.objects.filter(project_id=project, organization_id=organization)
    return rows.values_list("item_id", "year", "quantity")


def _terms(project: Any, filing: Any) -> QuerySet[ItemTerms]:
    """What the items that were corrected since said when the filing was reported last."""
    reports = DemandReport.objects.filter(filing_id=filing).order_by("-number")
    known = Subquery(reports.values("revision")[:1])
    return ItemTerms.objects.filter(item__project_id=project, since__lte=known, until__gt=known)


def _terms_then(
    project: Project, filing: Filing, items: Sequence[CatalogItem]
) -> dict[int, ItemTerms]:
    """By item; asks only for a filing that was reported where something was corrected at all."""
    if filing.status not in FROZEN or not any(
        getattr(item, "was_corrected", False) for item in items
    ):
        return {}
    return {term.item_id: term for term in TERMS(project=project.pk, filing=filing.pk)}


KEY, MANY = BigIntegerField(), ArrayField(BigIntegerField())
ITEMS: Prepared[CatalogItem] = Prepared(
    lambda project: catalogue(project).annotate(
        was_corrected=Exists(ItemTerms.objects.filter(item=OuterRef("pk")))
    ),
    project=KEY,
)
SOME_ITEMS: Prepared[CatalogItem] = Prepared(
    lambda project, items: catalogue(project).filter(Among(F("pk"), items)),
    project=KEY,
    items=MANY,
)
PACKED: Prepared[Packed] = Prepared(
    lambda code, items: CatalogItem.objects.filter(
        Among(F("pk"), items), project__code=code, is_withdrawn=False
    ).values_list("pk", "pack_quantity", "unit", "added_in", named=True),
    code=CharField(),
    items=MANY,
)
TERMS: Prepared[ItemTerms] = Prepared(_terms, project=KEY, filing=KEY)
LINES: Prepared[DemandLine] = Prepared(_lines, filing=KEY)
SOME_LINES: Prepared[DemandLine] = Prepared(
    lambda filing, items: _lines(filing).filter(Among(F("item_id"), items)), filing=KEY, items=MANY
)
HISTORY: Prepared[tuple[int, int, int]] = Prepared(_history, project=KEY, organization=KEY)
SOME_HISTORY: Prepared[tuple[int, int, int]] = Prepared(
    lambda project, organization, items: _history(project, organization).filter(
        Among(F("item_id"), items)
    ),
    project=KEY,
    organization=KEY,
    items=MANY,
)
"""Read by every save and every page of a sheet."""


def baseline_of(project: Project, history: Mapping[int, int]) -> Baseline:
    years = project.baseline_years
    return Baseline(sum(history.get(year, 0) for year in years), len(years))


def is_pack_suspect(row: Row, planned: int | None) -> bool:
    """Whether the quantity looks like boxes typed as smallest units, or the reverse (rules §1)."""
    return may_be_packs(planned, row.baseline, row.item.pack_quantity)
