"""Objections of the apps above to acts on filings: what is built on a package keeps it where it stands.

A guard is asked inside the transaction of the act, after its locks were taken: a return and what it must not
overtake wait for each other. It answers by filing id, with clauses in Chinese; ids that are absent may move.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.statuses import Action

Guard = Callable[[Project, Sequence[Filing], Action], Mapping[int, str]]
_guards: list[tuple[Guard, frozenset[Action]]] = []


def register_guard(guard: Guard, *, only: Iterable[Action]) -> None:
    """Called once by each app that guards filings, with the acts that it is asked about.

    It must cost nothing where it has no say.
    """
    _guards.append((guard, frozenset(only)))


def objections(project: Project, filings: Sequence[Filing], action: Action) -> dict[int, str]:
    """By filing id, the first objection to the act."""
    sentences: dict[int, str] = {}
    for guard, only in _guards:
        if action in only:
            sentences = {**guard(project, filings, action), **sentences}
    return sentences
