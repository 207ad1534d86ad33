"""On a clerk's screen of 1024×768 the work has the page: 12 rows of the sheet, 14 of a list, none of them cut."""

import pytest
from django.urls import reverse

from apps.projects.models import Project
from apps.projects.models.choices import Attachment
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.cast import Tree

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHEET, LIST = 12, 14
ROOM = """() => {
  const scroller = document.querySelector(".table-scroll");
  const top = scroller.querySelector("thead").getBoundingClientRect().bottom;
  const bottom = Math.min(scroller.getBoundingClientRect().bottom, innerHeight);
  const row = scroller.querySelector("tbody tr:not(.spacer)");
  return (bottom - top) / row.getBoundingClientRect().height;
}"""
CUT = """() => [...document.querySelectorAll("tbody tr:not(.spacer) .num, tbody .col-heading > span")]
  .filter((cell) => cell.scrollWidth > cell.clientWidth + 1 && cell.clientWidth).map((cell) => cell.innerText)"""


@pytest.fixture
def published(tree: Tree, alliance_officer) -> Project:
    """Eighty items; one amount is long. The head has all that it may have: a letter to sign, two years of history."""
    units = [tree["H42010600001"], tree["H42010600002"]]
    asked = {"attachment": Attachment.LETTER, "baseline_years": [2024, 2025]}
    project = make.demand_project({unit: {} for unit in units}, items=80, **asked)
    make.published(project, alliance_officer)
    make.planned(project, units[0], {"P0001": 1_234_567})
    with whole_country(reason="test"):
        yield project


@pytest.fixture
def at(page, live_server, client_of):
    def opened(person, address: str):
        cookie = client_of(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        page.goto(address)
        return page

    return opened


def test_the_sheet_shows_twelve_rows(published, hospital_clerk, at) -> None:
    page = at(hospital_clerk, reverse("reporting:demand_edit", args=[published.code]))
    page.wait_for_selector("[data-body] .spacer", state="attached")

    tall = page.locator("[data-body] tr:not(.spacer)").evaluate_all(
        "rows => [...new Set(rows.map((row) => row.getBoundingClientRect().height))]"
    )
    assert tall == [36], "the script that draws rows counts on one height"
    assert page.evaluate(ROOM) >= SHEET
    assert page.evaluate(CUT) == []
    assert page.locator("[data-field=planned]").first.input_value() == "1,234,567"
    rows = page.locator("[data-body] tr:not(.spacer)")
    assert rows.count() < 80
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert rows.count() == 80, "on paper stands every row"


def test_the_review_list_shows_fourteen(published, province_officer, county_reviewer, at) -> None:
    for person in (province_officer, county_reviewer):
        page = at(person, f"{reverse('review:filing_list', args=[published.code])}?status=all")

        assert page.evaluate(ROOM) >= LIST, person.username


def test_every_page_of_the_longest_rail_is_in_sight(alliance_officer, at) -> None:
    page = at(alliance_officer, "/")

    links = page.locator(".rail-link")
    last, fold = links.last.bounding_box(), page.locator(".rail-fold").bounding_box()
    assert links.count() >= 15
    assert last["y"] + last["height"] <= fold["y"]
    assert fold["y"] + fold["height"] <= page.viewport_size["height"]


def test_a_long_text_takes_two_lines_until_it_is_pressed(published, alliance_officer, at) -> None:
    page = at(alliance_officer, "/audit/")
    text = page.locator(".clamp").first
    text.evaluate("element => element.textContent = '说明较长，'.repeat(80)")

    assert text.bounding_box()["height"] == 32
    text.click()
    assert text.bounding_box()["height"] > 32
