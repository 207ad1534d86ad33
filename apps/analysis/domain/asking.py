"""The question behind a view and its answer as a table.

Invariant: a page and its workbook ask exactly the same, and ask once: subtotals are part of the answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from apps.analysis.domain.figures import Figures
from apps.analysis.domain.grid import Grid, build
from apps.analysis.domain.labels import Names, names_of
from apps.analysis.domain.view import View
from apps.projects.models import Project
from apps.reporting.domain.rollup import GROUPED, Answer, Dimension, Question, Source, answer
from apps.review.models import Filing


@dataclass(frozen=True)
class AskedView:
    """A view of a project as one bureau sees it. Reading it raises `TooWide`."""

    project: Project
    own: Filing
    view: View

    @cached_property
    def source(self) -> Source:
        return Source(self.project, self.own)

    @cached_property
    def figures(self) -> Figures:
        return Figures.of(self.project)

    @cached_property
    def answer(self) -> Answer:
        view = self.view
        filters = dict(view.filters)
        question = Question(self.project, self.own, view.rows, view.columns, filters, self.upper)
        return answer(question, self.source)

    @cached_property
    def grid(self) -> Grid:
        return build(self.answer, self.view, self.figures)

    @property
    def upper(self) -> Dimension | None:
        """What the rows are grouped by where subtotals are asked for; not by what the columns already are."""
        upper = GROUPED.get(self.view.rows) if self.view.subtotals else None
        return None if upper == self.view.columns else upper

    def names(self, filters: Mapping[Dimension, Iterable[str]]) -> Names:
        """What chosen keys are called."""
        return names_of(filters, self.source)
