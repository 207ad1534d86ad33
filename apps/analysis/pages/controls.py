"""The query form of the pivot page: what can be chosen and what is. Without scripts each panel is a page load."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import QueryDict

from apps.analysis.domain.labels import UNNAMED, Names
from apps.analysis.domain.view import LEVELS, Measure, View
from apps.folding.domain.folding import folded, is_said
from apps.organizations.models.pinyin import initials
from apps.reporting.domain.rollup import Dimension, Header, Source, choices
from apps.reporting.domain.rollup.question import PLACES
from apps.review.models import Filing

MOST_OPTIONS = 120
OPEN, FIND = "open", "find"


def offered(own: Filing) -> list[Dimension]:
    """The dimensions that tell something apart below a bureau: of places the lower ones only."""
    hidden = PLACES[: LEVELS[own.tier]]
    return [dimension for dimension in Dimension if dimension not in hidden]


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose, drawn as an option, a tick box or a chip."""

    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """The values of one dimension, as far as they match what is looked for; `more` are not listed."""

    dimension: Dimension
    find: str
    options: Sequence[Option]
    more: int


@dataclass(frozen=True, slots=True)
class FilterButton:
    """Opens the panel of a dimension; `chosen` are its values in force."""

    dimension: Dimension
    chosen: Sequence[Option]
    is_open: bool


@dataclass(frozen=True, slots=True)
class Controls:
    """Everything that the query form draws."""

    rows: Sequence[Option]
    columns: Sequence[Option]
    measures: Sequence[Option]
    subtotals: bool
    filters: Sequence[FilterButton]
    panel: Panel | None
    kept: Sequence[tuple[str, str]]

    @property
    def chips(self) -> list[FilterButton]:
        return [button for button in self.filters if button.chosen]


def controls_for(source: Source, view: View, params: QueryDict, names: Names) -> Controls:
    """A few statements when a panel is open, most of which the table needs as well."""
    own = source.root
    dimensions = offered(own)
    dimensions += [
        dimension
        for dimension in (view.rows, view.columns)
        if dimension and dimension not in dimensions
    ]
    opened = params.get(OPEN, "")
    panel = None
    if opened in Dimension.values:
        panel = panel_of(source, view, Dimension(opened), params.get(FIND, "")[:60])
    return Controls(
        rows=_options(dimensions, view.rows),
        columns=[Option("", "不分列", view.columns is None), *_options(dimensions, view.columns)],
        measures=[Option(m.value, str(m.label), m in view.measures) for m in Measure],
        subtotals=view.subtotals,
        filters=[
            _button(dimension, view, names, opened) for dimension in _filterable(dimensions, view)
        ],
        panel=panel,
        kept=_kept(view),
    )


def _filterable(dimensions: Iterable[Dimension], view: View) -> list[Dimension]:
    return [
        dimension for dimension in Dimension if dimension in dimensions or dimension in view.filters
    ]


def _options(dimensions: Iterable[Dimension], chosen: Dimension | None) -> list[Option]:
    return [
        Option(dimension.value, str(dimension.label), dimension == chosen)
        for dimension in dimensions
    ]


def _button(dimension: Dimension, view: View, names: Names, opened: str) -> FilterButton:
    called = names.get(dimension, {})
    is_open = opened == dimension.value
    chosen = [Option(key, called.get(key, key), True) for key in view.filters.get(dimension, ())]  # noqa: FBT003
    return FilterButton(dimension, chosen, is_open)


def _kept(view: View) -> list[tuple[str, str]]:
    """What a new query keeps: the chart; never order, page or trail."""
    plain = replace(view, filters={}, trail=(), sort="", subtotals=False, measures=view.measures)
    params = QueryDict(plain.query)
    return [(name, params[name]) for name in ("chart", "charted") if name in params]


def panel_of(source: Source, view: View, dimension: Dimension, find: str) -> Panel:
    """What matches by name, code or initials of the pinyin; what is chosen comes first and always."""
    chosen = view.filters.get(dimension, ())
    headers = choices(source.project, source.root, dimension, source)
    matching = [header for header in headers if matches(header, find)]
    listed = [header for header in headers if header.key in chosen]
    listed += [header for header in matching if header.key not in chosen]
    options = [Option(h.key, h.label or UNNAMED, h.key in chosen) for h in listed[:MOST_OPTIONS]]
    return Panel(dimension, find, options, more=len(listed) - len(options))


def matches(header: Header, find: str) -> bool:
    """Every word of what is looked for stands in the name, the code or the initials."""
    if not find.strip():
        return True
    spoken = (initials(header.label),) if any(char.isascii() for char in folded(find)) else ()
    return is_said(find, header.label, header.key, *spoken)


def said_of(controls: Controls) -> dict[str, Any]:
    """The chosen filters in words, for the heading of a print and a workbook."""
    return {
        str(button.dimension.label): "、".join(option.label for option in button.chosen)
        for button in controls.chips
    }
