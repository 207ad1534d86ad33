"""From a figure to what it is made of: one dimension lower, and at the end the institutions themselves.

Invariant: going down adds filters and keeps all others; each step keeps the query it came from, so that going up
shows exactly what was there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from django.http import QueryDict

from apps.analysis.domain.labels import Names
from apps.analysis.domain.view import DEEPEST, AddressRefused, View
from apps.reporting.domain.rollup import Dimension

BELOW: Mapping[Dimension, Dimension] = {
    Dimension.PROVINCE: Dimension.CITY,
    Dimension.CITY: Dimension.COUNTY,
    Dimension.VARIETY: Dimension.ITEM,
    Dimension.PRODUCT_GROUP: Dimension.MANUFACTURER,
    Dimension.MANUFACTURER: Dimension.ITEM,
}
"""What a dimension falls into; below all others stand the institutions."""


NAMED = 2
"""Values that a level is called by."""


@dataclass(frozen=True, slots=True)
class Step:
    """Where a click leads: a view one level lower, or the institutions (`is_leaf`) under its filters."""

    view: View
    is_leaf: bool


def into(view: View, row: str, column: str = "") -> Step:
    """The row's key and, for a cell, its column's; an empty row is the total."""
    filters = dict(view.filters)
    if row:
        filters[view.rows] = (row,)
    if column and view.columns:
        filters[view.columns] = (column,)
    rows = BELOW.get(view.rows) if row else view.rows
    columns = view.columns
    if column and columns:
        columns = BELOW.get(columns)
    trail = (*view.trail, replace(view, trail=()).query)[-DEEPEST:]
    if rows is None:
        return Step(replace(view, filters=filters, trail=trail), is_leaf=True)
    if columns == rows:
        columns = None
    below = replace(view, rows=rows, columns=columns, filters=filters, sort="", trail=trail)
    return Step(below, is_leaf=False)


@dataclass(frozen=True, slots=True)
class Crumb:
    """One level of the way here; `query` leads back to it."""

    filters: Mapping[Dimension, tuple[str, ...]]
    query: str


def crumbs(view: View) -> list[Crumb]:
    """The levels above, the first one first; what can't be read is left out."""
    steps: list[Crumb] = []
    above: list[str] = []
    for step in view.trail:
        try:
            seen = View.read(QueryDict(step), first=View(view.rows))
        except AddressRefused:
            continue
        steps.append(Crumb(seen.filters, replace(seen, trail=tuple(above)).query))
        above.append(step)
    return steps


def titles(levels: list[Crumb], view: View, names: Names) -> list[str]:
    """What each level is called by: what it narrowed; the first is everything."""
    every = [*(level.filters for level in levels), view.filters]
    said = ["全部"]
    for upper, lower in pairwise(every):
        chosen = [
            names.get(dimension, {}).get(key, key)
            for dimension, keys in lower.items()
            if upper.get(dimension) != keys
            for key in keys
        ]
        said.append("、".join(chosen[:NAMED]) + ("等" if len(chosen) > NAMED else "") or "全部")
    return said
