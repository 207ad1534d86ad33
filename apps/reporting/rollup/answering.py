"""Answers questions; see the package."""

from apps.projects.models import Project
from apps.review.models import Filing

from .question import Answer, Dimension, Header, Question


def answer(question: Question) -> Answer:
    """The figures. Raises `TooWide`, and `ValueError` where rows and columns are the same dimension."""
    raise NotImplementedError(question)


def choices(project: Project, root: Filing, dimension: Dimension) -> list[Header]:
    """What a dimension may be narrowed to within the subtree, in the order of the tables."""
    raise NotImplementedError((project, root, dimension))
