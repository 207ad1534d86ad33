"""Fixtures of the review chain's own tests."""

import pytest

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models import Appeal, FilingEvent
from tests.cast import Tree
from tests.review.appealing import appealed, returned
from tests.review.planting import Paper, filing_of, planted, register_paper


@pytest.fixture
def paper() -> Paper:
    return register_paper()


@pytest.fixture
def round_on_paper(tree: Tree, country: object, paper: Paper) -> Project:
    """Institutions under a county, a city, a second city and the province, and a stranger; tiers city, province."""
    del country, paper
    return planted([unit for unit in tree.values() if unit.tier == "institution"])


@pytest.fixture
def event(round_on_paper: Project, hospital_clerk: User, city_reviewer: User) -> FilingEvent:
    """The hospital's report came back to it."""
    filing = filing_of(round_on_paper, hospital_clerk)
    return returned(filing, hospital_clerk, city_reviewer)


@pytest.fixture
def appeal(round_on_paper: Project, hospital_clerk: User, event: FilingEvent) -> Appeal:
    """Against that return."""
    return appealed(round_on_paper, hospital_clerk, event.pk)
