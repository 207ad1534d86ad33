"""What questions about one project within one subtree read beside figures, each once: catalogue and bureaus."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from apps.projects.models import Project
from apps.reporting.domain.rollup.goods import Axes, Goods, catalogue_of
from apps.reporting.domain.rollup.places import used_places
from apps.reporting.domain.rollup.question import PLACES, Dimension
from apps.reporting.domain.rollup.tree import Tree
from apps.review.models import Filing


class Source:
    """Several questions of one page share it; it is as old as what it has read."""

    def __init__(self, project: Project, root: Filing) -> None:
        """`root` is asked for anew within the scope, by the first question."""
        if root.project_id != project.pk:
            raise Filing.DoesNotExist
        self.project, self.root = project, root
        self._whole: Tree | None = None

    @cached_property
    def catalogue(self) -> Goods:
        return catalogue_of(self.project)

    def tree(self, axes: Axes, filters: Mapping[Dimension, Sequence[str]]) -> Tree:
        """As deep and as wide as the question needs; one that was read already if it is enough."""
        used = used_places(axes, filters)
        is_deep = bool(used) and used[-1] != Dimension.PROVINCE
        if self._whole and (self._whole.is_deep or not is_deep):
            return self._whole
        narrow = [dimension for dimension in PLACES if filters.get(dimension)]
        if is_deep and narrow:
            return Tree(self.root, is_deep=True, within=filters[narrow[-1]])
        self._whole = Tree(self.root, is_deep=is_deep)
        return self._whole
