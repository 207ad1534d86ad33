"""未能分配: by item and by institution, searched, sorted, exported, at a constant number of statements."""

import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import User
from apps.allocation.models import AllocationRow
from apps.projects.models import CatalogItem, Project
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.allocation.reading import rows_of
from tests.cast import Tree
from tests.exported import opened_export
from tests.factories_review import units_below

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
URL = "/allocation/FL/unplaced/"


@pytest.fixture
def project(tree: Tree, alliance_officer: User) -> Project:
    """U is short in two institutions of Hubei, in 片; C in one of Shanxi, in 支."""
    left = {
        ("H42010600001", "U"): 1_200,
        ("H42010000001", "U"): 34,
        ("H14010500001", "C"): 7_000,
    }
    units = {code: tree[code] for code, _ in left}
    project = make.allocation_project(units.values(), chain=["county", "city", "province"])
    make.worked_products(project)
    with whole_country(reason="test"):
        CatalogItem.objects.filter(project=project, item_code="U").update(unit="片")
        CatalogItem.objects.filter(project=project, item_code="C").update(unit="支")
    for code, item in left:
        make.volume(project, units[code], item, 12_503)
    make.published(project, alliance_officer)
    for (code, item), quantity in left.items():
        short(project, code, item, quantity)
    return project


def short(project: Project, code: str, item: str, quantity: int) -> None:
    with whole_country(reason="test"):
        rows = AllocationRow.objects.filter(project=project, organization__code=code)
        rows.filter(item__item_code=item).update(other_state="short", unplaced=quantity)


def test_by_item_each_in_its_own_unit(
    project: Project, alliance_officer: User, client_of: ClientOf
):
    client = client_of(alliance_officer)

    rows = rows_of(client.get(URL, {"sort": "-unplaced"}))
    up = rows_of(client.get(URL, {"sort": "unplaced"}))

    assert [row[2:] for row in rows] == [["7,000", "支", "1"], ["1,234", "片", "2"]]
    assert up == rows[::-1]


def test_by_institution_within_the_own_subtree(
    project: Project, province_officer: User, county_reviewer: User, client_of: ClientOf
):
    def found(person: User, **params: str) -> list[tuple[str, str]]:
        listed = client_of(person).get(URL, {"by": "institution", "sort": "-unplaced"} | params)
        return [(row[0], row[4]) for row in rows_of(listed)]

    everybody = [("武昌区人民医院", "1,200"), ("武汉市第一医院", "34")]
    assert found(province_officer) == everybody
    assert found(province_officer, institution="wcq") == everybody[:1]
    assert found(province_officer, variety="无此品种") == []
    assert found(county_reviewer) == everybody[:1]


def test_an_upper_tier_looks_at_a_bureau_below(
    project: Project, province_officer: User, tree: Tree, client_of: ClientOf
):
    county = make.filing_of(project, tree["420106"])
    foreign = make.filing_of(project, tree["14"])
    client = client_of(province_officer)

    assert [row[2] for row in rows_of(client.get(URL, {"at": county.pk}))] == ["1,200"]
    assert client.get(URL, {"at": foreign.pk}).status_code == 404


def test_the_file_holds_both_lists(project: Project, province_officer: User, client_of: ClientOf):
    response = client_of(province_officer).get(f"{URL}export/")
    book = opened_export(io.BytesIO(response.getvalue()))

    items = list(book["按品规"].iter_rows(values_only=True))
    units = list(book["按医疗机构"].iter_rows(values_only=True))
    book.close()

    assert [row[-2:] for row in items[1:]] == [(1_234, 2)]
    assert [(row[1], row[-2]) for row in units[1:]] == [
        ("武昌区人民医院", 1_200),
        ("武汉市第一医院", 34),
    ]


def test_a_demand_round_has_no_such_page(tree: Tree, alliance_officer: User, client_of: ClientOf):
    from tests import factories_demand as demand  # noqa: PLC0415 - for this test alone

    demand.published(demand.demand_project([tree["H42010600001"]]), alliance_officer)

    assert client_of(alliance_officer).get("/allocation/BL/unplaced/").status_code == 404


@pytest.mark.parametrize("by", ["", "institution"])
def test_many_rows_cost_what_few_do(
    tree: Tree, alliance_officer: User, client_of: ClientOf, by: str
):
    client, costs = client_of(alliance_officer), []
    for code, number in (("FL-FEW", 1), ("FL-MANY", 30)):
        units = units_below(tree["420106"], number)
        project = make.allocation_project(units, code=code, chain=["county", "city", "province"])
        make.worked_products(project)
        for unit in units:
            make.volume(project, unit, "U", 12_503)
        make.published(project, alliance_officer)
        with whole_country(reason="test"):
            AllocationRow.objects.filter(project=project).update(other_state="short", unplaced=9)
        url = f"/allocation/{code}/unplaced/"
        client.get(url)
        with CaptureQueriesContext(connection) as statements:
            client.get(url, {"by": by, "per_page": "50"})
        costs.append(len(statements))

    assert costs[0] == costs[1]
