"""The question behind a view, its answer as a table, and the same for the groups of its rows.

Invariant: a page and its workbook ask exactly the same.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Project
from apps.reporting.rollup import Answer, Dimension, Header, Question, answer
from apps.reporting.rollup.question import PLACES
from apps.review.models import Filing
from apps.scope.paths import lineage

from .figures import Figures
from .grid import Grid, Grouping, build
from .view import View

UPPER: Mapping[Dimension, Dimension] = {
    Dimension.CITY: Dimension.PROVINCE,
    Dimension.COUNTY: Dimension.CITY,
    Dimension.ITEM: Dimension.VARIETY,
}
"""What rows are grouped by where subtotals are asked for."""


@dataclass(frozen=True)
class Asked:
    """A view of a project as one bureau sees it. Reading it raises `TooWide`."""

    project: Project
    own: Filing
    view: View

    @cached_property
    def figures(self) -> Figures:
        return Figures.of(self.project)

    @cached_property
    def answer(self) -> Answer:
        return self._ask(self.view.rows)

    @cached_property
    def grid(self) -> Grid:
        return build(self.answer, self.view, self.figures, self._grouping())

    @property
    def upper(self) -> Dimension | None:
        """What the rows can be grouped by; not by what the columns already are."""
        upper = UPPER.get(self.view.rows)
        return None if upper == self.view.columns else upper

    def _grouping(self) -> Grouping | None:
        if not self.view.subtotals or self.upper is None:
            return None
        return Grouping(self._ask(self.upper), self._groups(self.upper))

    def _ask(self, rows: Dimension) -> Answer:
        view = self.view
        return answer(Question(self.project, self.own, rows, view.columns, dict(view.filters)))

    def _groups(self, upper: Dimension) -> Mapping[str, str]:
        rows = self.answer.rows
        if self.view.rows in PLACES:
            return places_above(upper, rows)
        items = CatalogItem.objects.filter(project=self.project)
        return dict(items.values_list("item_code", "variety"))


def places_above(upper: Dimension, rows: Iterable[Header]) -> dict[str, str]:
    """By the code of a bureau, the code of the one at the upper level; what hangs directly stays under its own."""
    depth = PLACES.index(upper) + 1
    codes = [row.key for row in rows]
    found = Organization.objects.filter(code__in=codes).values_list("code", "path")
    above = {}
    for code, path in found:
        bureaus = lineage(path)
        above[code] = bureaus[min(depth, len(bureaus) - 1)].strip("/").rpartition("/")[2]
    return above
