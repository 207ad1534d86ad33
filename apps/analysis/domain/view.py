"""What the address of a pivot page says, and the address of a view: one and the same, for links and saved views.

Invariant: whatever stands in an address is either a whole view or refused with a sentence; `View.query` read again
gives the same view.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from django.db.models import TextChoices
from django.http import QueryDict

from apps.organizations.models import Tier
from apps.reporting.domain.rollup import Dimension
from apps.reporting.domain.rollup.question import PLACES
from apps.review.models import Filing

LEVELS: Mapping[str, int] = {Tier.ALLIANCE: 0, Tier.PROVINCE: 1, Tier.CITY: 2, Tier.COUNTY: 3}


MOST_VALUES = 60
"""Values of one filter: more make an address that browsers and proxies cut."""
LONGEST_VALUE = 200
DEEPEST = 6
ROWS, COLUMNS, MEASURES, SUBTOTALS, SORT, CHART, CHARTED, TRAIL = (
    "rows", "columns", "measures", "subtotals", "sort", "chart", "charted", "trail",
)  # fmt: skip


class Measure(TextChoices):
    """What is shown of a cell. Quantities are whole smallest units, amounts yuan by reference prices."""

    QUANTITY = "quantity", "数量"
    PREVIOUS = "previous", "上年"
    CHANGE = "change", "增幅/降幅"
    INSTITUTIONS = "institutions", "机构数"
    AMOUNT = "amount", "金额（元）"


USUAL = (Measure.QUANTITY, Measure.CHANGE, Measure.INSTITUTIONS, Measure.AMOUNT)
"""What is shown if nobody asks for anything else."""


class Chart(TextChoices):
    """What is drawn beside the table."""

    BARS = "bars", "条形"
    SHARE = "share", "占比"
    TILES = "tiles", "省份方格"
    NONE = "none", "不画图"


class AddressRefused(Exception):
    """The address asks for what doesn't exist; the sentence says what and how to go on."""


@dataclass(frozen=True, slots=True)
class View:
    """One question and how its answer is shown. `trail` holds the queries of the views above, the first one first."""

    rows: Dimension
    columns: Dimension | None = None
    measures: tuple[Measure, ...] = USUAL
    filters: Mapping[Dimension, tuple[str, ...]] = field(default_factory=dict)
    subtotals: bool = False
    sort: str = ""
    chart: Chart = Chart.BARS
    charted: Measure | None = None
    trail: tuple[str, ...] = ()

    @classmethod
    def first(cls, own: Filing) -> Self:
        """Where quantities add up: every item in its own unit, beside each other the places one level lower."""
        lower = PLACES[LEVELS[own.tier] :]
        if not lower:
            return cls(Dimension.ITEM)
        return cls(Dimension.ITEM, lower[0], measures=(Measure.QUANTITY, Measure.CHANGE))

    @classmethod
    def read(cls, params: QueryDict, *, first: Self) -> Self:
        """An address without rows is of the `first` view as far as it says nothing else. Raises `AddressRefused`."""
        rows = _one(Dimension, params, ROWS, "行维度")
        columns = _one(Dimension, params, COLUMNS, "列维度")
        usual = USUAL if rows else first.measures
        view = cls(
            rows=rows or first.rows,
            columns=columns or (None if rows else first.columns),
            measures=_measures(params) or usual,
            filters=_filters(params),
            subtotals=params.get(SUBTOTALS) == "1",
            sort=params.get(SORT, "")[:LONGEST_VALUE],
            chart=_one(Chart, params, CHART, "图形") or Chart.BARS,
            charted=_one(Measure, params, CHARTED, "图形指标"),
            trail=tuple(params.getlist(TRAIL)[:DEEPEST]),
        )
        if view.rows == view.columns:
            raise AddressRefused("行和列不能选同一个维度，请换一个或把列设为“不分列”。")
        return view

    @classmethod
    def salvaged(cls, params: QueryDict, *, first: Self) -> Self:
        """Of an address that is refused, what makes sense: so that nobody chooses everything anew."""
        rows = _known(Dimension, params.get(ROWS)) or first.rows
        columns = _known(Dimension, params.get(COLUMNS))
        measures = tuple(
            measure for measure in Measure if measure.value in params.getlist(MEASURES)
        )
        return cls(
            rows=rows,
            columns=None if columns == rows else columns,
            measures=measures or USUAL,
            filters={d: kept for d in Dimension if (kept := _values(params, d)[:MOST_VALUES])},
            subtotals=params.get(SUBTOTALS) == "1",
        )

    @property
    def query(self) -> str:
        """The canonical query string, without page and opened panels."""
        params = QueryDict(mutable=True)
        params[ROWS] = self.rows.value
        if self.columns:
            params[COLUMNS] = self.columns.value
        params.setlist(MEASURES, [measure.value for measure in self.measures])
        for dimension, values in self.filters.items():
            params.setlist(dimension.value, list(values))
        said: dict[str, Any] = {
            SUBTOTALS: "1" if self.subtotals else "",
            SORT: self.sort,
            CHART: self.chart.value if self.chart != Chart.BARS else "",
            CHARTED: self.charted.value if self.charted else "",
        }
        for name, value in said.items():
            if value:
                params[name] = value
        params.setlist(TRAIL, list(self.trail))
        return params.urlencode()

    def swapped(self) -> Self:
        """Rows as columns; without columns nothing changes."""
        if self.columns is None:
            return self
        return replace(self, rows=self.columns, columns=self.rows, sort="")

    def narrowed(self, dimension: Dimension, *values: str) -> Self:
        """The same with one filter set; without values, with it removed."""
        rest = {known: kept for known, kept in self.filters.items() if known != dimension}
        return replace(self, filters=rest | ({dimension: values} if values else {}))


def _known(choices: type[Any], wanted: str | None) -> Any:
    return choices(wanted) if wanted in choices.values else None


def _values(params: QueryDict, dimension: Dimension) -> tuple[str, ...]:
    """The filter's values that any value could be."""
    given = dict.fromkeys(params.getlist(dimension.value))
    return tuple(
        value for value in given if value and len(value) <= LONGEST_VALUE and "\0" not in value
    )


def _one(choices: type[Any], params: QueryDict, name: str, label: str) -> Any:
    wanted = params.get(name, "")
    if not wanted:
        return None
    if wanted not in choices.values:
        raise AddressRefused(f"地址里的{label}“{wanted[:30]}”不存在，请重新选择后查询。")
    return choices(wanted)


def _measures(params: QueryDict) -> tuple[Measure, ...]:
    """In the order of the page, whatever the order in the address."""
    wanted = params.getlist(MEASURES)
    if unknown := [measure for measure in wanted if measure not in Measure.values]:
        raise AddressRefused(f"地址里的指标“{unknown[0][:30]}”不存在，请重新选择后查询。")
    return tuple(measure for measure in Measure if measure.value in wanted)


def _filters(params: QueryDict) -> dict[Dimension, tuple[str, ...]]:
    filters = {}
    for dimension in Dimension:
        values = tuple(dict.fromkeys(value for value in params.getlist(dimension.value) if value))
        if len(values) > MOST_VALUES:
            raise AddressRefused(
                f"“{dimension.label}”选了 {len(values)} 个，最多 {MOST_VALUES} 个；请按上一级筛选。"
            )
        if any(len(value) > LONGEST_VALUE or "\0" in value for value in values):
            raise AddressRefused(f"“{dimension.label}”的筛选值不存在，请重新选择后查询。")
        if values:
            filters[dimension] = values
    return filters
