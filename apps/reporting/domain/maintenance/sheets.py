"""The sheets of many institutions at once: what `sheet.rows_of` is for one. Reads only; three statements."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from apps.projects.models import CatalogItem, Project, ProjectKind
from apps.reporting.domain.rates import Rule
from apps.reporting.domain.sheet.rows import Row, baseline_of, catalogue, rule_of
from apps.reporting.models import DemandLine, PurchaseHistory
from apps.review.models import Filing

ByItem = dict[int, dict[int, int]]


@dataclass(frozen=True, slots=True)
class Sheets:
    """Rows by filing and item, made when they are asked for."""

    project: Project
    items: Mapping[int, CatalogItem]
    lines: Mapping[tuple[int, int], DemandLine]
    history: Mapping[int, ByItem]
    rule: Rule = field(repr=False)

    def row(self, filing: Filing, item: int) -> Row:
        """Raises `KeyError` for an item that is not in the catalogue."""
        bought = self.history.get(filing.organization_id, {}).get(item, {})
        return Row(
            self.items[item],
            self.lines.get((filing.pk, item)),
            baseline_of(self.project, bought),
            self.rule,
            bought,
        )

    def rows(self, filing: Filing) -> Iterator[Row]:
        return (self.row(filing, item) for item in self.items)


def sheets_of(project: Project, filings: Sequence[Filing]) -> Sheets:
    lines = DemandLine.objects.filter(filing__in=[filing.pk for filing in filings])
    return Sheets(
        project,
        {item.pk: item for item in catalogue(project)},
        {(line.filing_id, line.item_id): line for line in lines},
        _history(project, [filing.organization_id for filing in filings]),
        rule_of(project),
    )


def _history(project: Project, units: Sequence[int]) -> dict[int, ByItem]:
    if project.kind != ProjectKind.DEMAND:
        return {}
    history: dict[int, ByItem] = {}
    rows = PurchaseHistory.objects.filter(project=project, organization__in=units)
    for unit, item, year, quantity in rows.values_list(
        "organization_id", "item_id", "year", "quantity"
    ):
        history.setdefault(unit, {}).setdefault(item, {})[year] = quantity
    return history
