"""A package as it is judged: by item, against last year, with units and who wants most."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.reporting.domain.packages.reading import largest, package_items
from apps.reporting.domain.reports import keep_reports
from apps.reporting.domain.totals import freeze_totals
from apps.review.models import Filing
from apps.review.models.statuses import Status
from tests import factories
from tests import factories_demand as make
from tests.factories_review import put
from tests.pages import tags

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
BOUGHT = {"甲医院": (1_000, 200), "乙医院": (500, 100), "丙医院": (0, 50)}
PLANNED = {"甲医院": (1_200, 20), "乙医院": (600, 30), "丙医院": (300, 0)}


@pytest.fixture
def county(tree, alliance_officer):
    """Three hospitals of a county, two items each; 丙医院 was not approved."""
    units = [factories.InstitutionFactory(parent=tree["420106"], name=name) for name in PLANNED]
    project = make.demand_project(units, items=2, chain=["county", "city", "province"])
    for unit in units:
        first, second = BOUGHT[unit.name]
        make.bought(project, unit, {"P0001": first, "P0002": second})
    make.published(project, alliance_officer)
    for unit in units:
        first, second = PLANNED[unit.name]
        make.planned(project, unit, {"P0001": first, "P0002": second})
    filings = list(Filing.objects.of_project(project).institutions().order_by("path"))
    put(Status.SUBMITTED, *filings)
    keep_reports(filings)
    put(Status.APPROVED, *filings[:2])
    return make.filing_of(project, tree["420106"])


def read(filing):
    return [
        (each.item.item_code, each.quantity, each.baseline.shown, each.change, each.institutions)
        for each in package_items(filing)
    ]


EXPECTED = [("P0001", 1_800, 1_500, "+20.0%", 2), ("P0002", 50, 300, "-83.3%", 2)]


def test_before_it_is_submitted_what_is_approved_counts(county):
    assert read(county) == EXPECTED


def test_afterwards_it_is_what_was_frozen(county):
    put(Status.SUBMITTED, county)
    freeze_totals([county])

    assert read(county) == EXPECTED


def test_a_city_adds_up_its_counties(county, tree):
    put(Status.APPROVED, county)
    freeze_totals([county])
    city = make.filing_of(county.project, tree["420100"])

    assert read(city) == EXPECTED
    most = largest(city, package_items(city))
    assert [[(each.unit, each.quantity) for each in units] for units in most.values()] == [
        [(county.organization.name, 1_800)],
        [(county.organization.name, 50)],
    ]


def test_who_wants_most_comes_first(county):
    most = largest(county, package_items(county))

    assert [[each.unit for each in units] for units in most.values()] == [
        ["甲医院", "乙医院"],
        ["乙医院", "甲医院"],
    ]


@pytest.mark.covers("S3-21")
def test_the_confirmation_shows_what_is_submitted(county, client_of, county_reviewer):
    text = client_of(county_reviewer).get("/review/BL/confirm/").content.decode()

    assert text.index("测试片2") < text.index("测试片1")
    assert "-83.3%" in text
    assert "甲医院 1,200（66%）、乙医院 600（33%）" in text
    assert "/analysis/BL/?rows=item&amp;county=420106" in text


@pytest.mark.parametrize("show", ["change", "amount", "item", "units"])
def test_the_tier_above_reads_it_in_any_order(show, county, client_of, city_reviewer):
    put(Status.SUBMITTED, county)
    freeze_totals([county])
    url = f"/review/BL/filings/{county.pk}/"

    response = client_of(city_reviewer).get(
        url, {"view": "lines", "show": show, "queue": "sort=-odd"}
    )

    page = response.content.decode()
    assert "甲医院" in page
    tabs = [tag["href"] for tag in tags(page, "a") if "view=lines&show" in tag.get("href", "")]
    assert len(tabs) == 4
    assert all("queue=" in href for href in tabs)


def test_it_stays_within_its_budget(county, client_of, county_reviewer):
    client = client_of(county_reviewer)
    client.get("/review/BL/confirm/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/review/BL/confirm/")

    assert len(captured) <= 16
