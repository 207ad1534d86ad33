"""The filing tree of a project: who has a filing and under whom."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.organizations.models import Organization
from apps.projects.models import Project, ProvinceSettings
from apps.review.domain.tree import plant_tree
from apps.review.models import Filing
from tests.cast import Tree
from tests.factories import InstitutionFactory
from tests.review.planting import draft_project, planted

pytestmark = pytest.mark.usefixtures("country", "paper")


def parents(project: Project) -> dict[str, str | None]:
    rows = Filing.objects.of_project(project).values_list(
        "organization__code", "parent__organization__code"
    )
    return dict(rows)


@pytest.mark.covers("S0-09", "S0-01")
def test_skipped_tiers_have_no_filing_and_are_jumped(tree: Tree) -> None:
    project = planted([unit for unit in tree.values() if unit.tier == "institution"])

    assert parents(project) == {
        "0": None,
        "42": "0",
        "420100": "42",
        "420200": "42",
        "14": "0",
        "140100": "14",
        "H42010600001": "420100",
        "H42010600002": "420100",
        "H42010000001": "420100",
        "H42000000001": "42",
        "H42020200001": "420200",
        "H14010500001": "140100",
    }


def test_each_province_may_have_its_own_chain(tree: Tree) -> None:
    project = draft_project([tree["H42010600001"], tree["H14010500001"]])
    ProvinceSettings.objects.create(
        project=project,
        province=tree["42"],
        path=tree["42"].path,
        chain=["county", "city", "province"],
    )

    plant_tree(project)

    assert parents(project) == {
        "0": None,
        "42": "0",
        "420100": "42",
        "420106": "420100",
        "H42010600001": "420106",
        "14": "0",
        "140100": "14",
        "H14010500001": "140100",
    }


def test_bureaus_without_participants_and_units_reporting_through_others_take_no_part(
    tree: Tree,
) -> None:
    station = InstitutionFactory(parent=tree["420202"], reports_through=tree["H42020200001"])

    project = planted([tree["H42010600001"], station])

    assert set(parents(project)) == {"0", "42", "420100", "H42010600001"}


def test_reviewer_tier_is_the_tier_of_the_parent(tree: Tree) -> None:
    project = planted([tree["H42000000001"], tree["H42010600001"]])

    tiers = dict(
        Filing.objects.of_project(project).values_list("organization__code", "reviewer_tier")
    )
    assert tiers == {
        "0": "",
        "42": "alliance",
        "420100": "province",
        "H42000000001": "province",
        "H42010600001": "city",
    }


@pytest.mark.parametrize("count", [1, 300])
def test_planting_costs_the_same_number_of_statements_for_any_size(tree: Tree, count: int) -> None:
    institutions: list[Organization] = InstitutionFactory.create_batch(count, parent=tree["420106"])
    project = draft_project(institutions)

    with CaptureQueriesContext(connection) as statements:
        plant_tree(project)

    assert len(statements) == 5
    assert Filing.objects.of_project(project).institutions().count() == count
