"""Rows by the hospital's own codes: the same look-up as the sheet's, nothing half written."""

import pytest

from apps.projects.models import OwnCode
from apps.reporting.models import DemandLine
from apps.scope.context import whole_country
from tests import factories_demand as demand

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(tree, program_of, alliance_officer, hospital_clerk):
    unit = tree["H42010600001"]
    project = demand.demand_project([unit], explanation_scope="none")
    demand.published(project, alliance_officer)
    items = demand.items_of(project)
    with whole_country(reason="test"):
        for code, item in {"Y1": "P0001", "Y2": "P0001", "P0003": "P0002"}.items():
            OwnCode.objects.create(organization=unit, path=unit.path, code=code, item=items[item])
    return program_of(hospital_clerk)


def sent(program, *codes):
    rows = [{"item": code, "planned": 5} for code in codes]
    return program.send("projects/BL/lines", {"rows": rows}).json()


def lines():
    with whole_country(reason="test"):
        return set(DemandLine.objects.values_list("item__item_code", "planned"))


def test_a_row_by_an_own_code_is_saved_and_answers_by_it(program):
    answer = sent(program, "Y1", "P0002")

    assert [row["item"] for row in answer["rows"]] == ["Y1", "P0002"]
    assert lines() == {("P0001", 5), ("P0002", 5)}


def test_what_names_nothing_or_two_items_is_listed(program):
    answer = sent(program, "Y1", "Y9", "P0003")

    assert (answer["unknown"], answer["ambiguous"]) == (["Y9"], ["P0003"])
    assert lines() == set()


def test_two_codes_of_one_item_are_refused(program):
    assert sent(program, "Y1", "Y2")["code"] == "items_repeated"
    assert lines() == set()


@pytest.mark.parametrize(
    ("typed", "kept"), [("1,827.00", 1827), (1200.0, 1200), ("１２０", 120), ("1 827", 1827)]
)
def test_a_quantity_is_read_as_on_the_page(program, typed, kept):
    row = {"item": "P0001", "planned": typed}
    program.send("projects/BL/lines", {"rows": [row]})

    assert lines() == {("P0001", kept)}


@pytest.mark.parametrize("typed", [True, 1.5, "1_000", "①", "٣", "1,82", [5]])
def test_what_is_no_quantity_on_the_page_is_none_here(program, typed):
    program.send("projects/BL/lines", {"rows": [{"item": "P0001", "planned": typed}]})

    assert lines() <= {("P0001", None)}
