"""The kind of filing that allocation is: what the review chain asks of it, all of it set-based."""

from collections.abc import Mapping, Sequence

from apps.accounts.actors import Actor
from apps.projects.models import Project
from apps.review.kinds import Detail, Problem
from apps.review.models import Filing


class AllocationKind:
    """Implements `apps.review.kinds.FilingKind`."""

    def check_publish(self, project: Project) -> list[str]:
        return []

    def warnings(self, project: Project) -> list[str]:
        return []

    def on_publish(self, project: Project, *, by: Actor) -> None:
        return None

    def incomplete(self, filings: Sequence[Filing]) -> dict[int, list[Problem]]:
        return {}

    def freeze(self, filings: Sequence[Filing]) -> None:
        return None

    def unfreeze(self, filings: Sequence[Filing]) -> None:
        return None

    def restore(self, filings: Sequence[Filing]) -> None:
        return None

    def on_lapse(self, filings: Sequence[Filing]) -> None:
        return None

    def figures(self, filings: Sequence[Filing]) -> dict[int, list[tuple[str, str]]]:
        return {}

    def detail(self, filing: Filing, params: Mapping[str, str]) -> Detail:
        return Detail("allocation/_detail.html")
