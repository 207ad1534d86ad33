"""Fixtures of the review chain's own tests."""

import pytest

from apps.projects.models import Project
from tests.cast import Tree
from tests.review.planting import Paper, planted, register_paper


@pytest.fixture
def paper() -> Paper:
    return register_paper()


@pytest.fixture
def round_on_paper(tree: Tree, country: object, paper: Paper) -> Project:
    """Institutions under a county, a city, a second city and the province, and a stranger; tiers city, province."""
    del country, paper
    return planted([unit for unit in tree.values() if unit.tier == "institution"])
