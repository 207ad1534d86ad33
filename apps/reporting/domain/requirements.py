"""What other modules demand before 上报, beside the lines: an uploaded letter, say. Registered, never imported.

register_requirement(missing_letters)    # in AppConfig.ready, once
"""

from collections.abc import Callable, Sequence

from apps.review.domain.kinds import Problem
from apps.review.models import Filing

Requirement = Callable[[Sequence[Filing]], dict[int, list[Problem]]]
"""Takes institutions' filings of one project; by id what they lack. A constant number of statements."""

_requirements: list[Requirement] = []


def register_requirement(requirement: Requirement) -> None:
    if requirement not in _requirements:
        _requirements.append(requirement)


def unmet(filings: Sequence[Filing]) -> dict[int, list[Problem]]:
    """What all registered requirements find, by filing."""
    unmet_by_filing: dict[int, list[Problem]] = {}
    for requirement in _requirements:
        for filing, problems in requirement(filings).items():
            unmet_by_filing.setdefault(filing, []).extend(problems)
    return unmet_by_filing
