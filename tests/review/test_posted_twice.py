"""A form that two windows send at the same moment takes effect once: one event or row, one line of the log."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.organizations.models import Organization
from apps.projects.models import Correction, Project
from apps.review.models import FilingEvent
from apps.review.models.statuses import Status
from tests import factories_demand as demand
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.pages import shown
from tests.racing import posted_twice
from tests.review.acting import status_of
from tests.review.planting import filing_of
from tests.review.test_correction_pages import PNG, address, until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("country")]
ClientOf = Callable[[User], Client]
CITY = ("H42010600001", "H42010600002", "H42010000001")


@contextmanager
def once(verb: str, *, events: int = 1) -> Iterator[None]:
    """Of the block one line with this verb and so many events."""
    log, moved = LogEntry.objects.filter(verb=verb), FilingEvent.objects.all()
    before = log.count(), moved.count()
    yield
    assert (log.count() - before[0], moved.count() - before[1]) == (1, events)


@pytest.fixture
def season(tree: Tree, alliance_officer: User) -> Project:
    units: list[Organization] = [tree[code] for code in ("H42010600001", "H42010000001")]
    project = demand.demand_project(units, items=2, chain=["county", "city", "province"])
    demand.published(project, alliance_officer)
    for unit in units:
        demand.planned(project, unit, {"P0001": 280, "P0002": 56}, is_saved=True, reason="stock")
    return project


def test_a_report(season: Project, hospital_clerk: User, client_of: ClientOf) -> None:
    clerk = client_of(hospital_clerk)
    filing = demand.filing_of(season, hospital_clerk.organization)
    form = {"act": "report", "version": "0"}

    with once("上报"):
        posted_twice(clerk, f"/demand/{season.code}/entry/", form)

    assert status_of(filing) == "submitted"


def test_an_approval(
    round_on_paper: Project, city_reviewer: User, tree: Tree, client_of: ClientOf
) -> None:
    city = client_of(city_reviewer)
    for filing in put(Status.SUBMITTED, *filings_of(round_on_paper, [tree[code] for code in CITY])):
        with once("审核通过"):
            posted_twice(
                city,
                f"/review/PAPER/filings/{filing.pk}/approve/",
                {"version": str(filing.version)},
            )
        assert status_of(filing) == "approved"


def test_a_package(
    round_on_paper: Project, city_reviewer: User, tree: Tree, client_of: ClientOf
) -> None:
    put(Status.APPROVED, *filings_of(round_on_paper, [tree[code] for code in CITY]))
    package = filing_of(round_on_paper, tree["420100"])

    with once("提交"):
        posted_twice(
            client_of(city_reviewer), "/review/PAPER/confirm/", {"version": str(package.version)}
        )

    assert status_of(package) == "submitted"


def test_a_publication(tree: Tree, alliance_officer: User, client_of: ClientOf) -> None:
    project = demand.demand_project([tree["H42010600001"]], items=2)

    with once("发布", events=0):
        posted_twice(
            client_of(alliance_officer), reverse("review:project_publish", args=[project.code]), {}
        )

    project.refresh_from_db()
    assert project.phase == "published"


def test_a_correction(season: Project, alliance_officer: User, client_of: ClientOf) -> None:
    office, url = client_of(alliance_officer), address(season)
    form = office.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields if name not in ("deadline", "file")}
    data = {name: "" if value is None else value for name, value in data.items()}
    data |= {
        **shown(office, url),
        **until(),
        "reason": "公告有误",
        "pack_quantity": "10",
        "apply": "",
    }

    with once("更正", events=0):
        posted_twice(office, url, data, PNG)

    assert Correction.objects.count() == 1
