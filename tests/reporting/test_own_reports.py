"""上报 by the page's own button: the filing is found where it is locked, and refused as it is anywhere else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.projects.models import ProjectKind
from apps.reporting.domain.sheet.reporting import report, report_own
from apps.reporting.models import DemandLine
from apps.review.domain.performing import perform
from apps.review.domain.refusals import FilingIncomplete, FilingsMoved, NotEditable
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from tests import factories_demand as make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
COMPLETE = {"P0001": 2_800, "P0002": 900, "P0003": 100, "P0004": 0}
STATEMENTS = 10
"""Its project comes with the filing."""


@pytest.fixture
def filled(round_):
    make.planned(round_.project, round_.hospital, COMPLETE)
    return round_


def own(round_, **more):
    return report_own(code=round_.project.code, by=round_.by, **more)


def returned(round_, county_reviewer):
    perform([round_.filing], Action.RETURN, by=Actor.of(county_reviewer), reason="核对")
    DemandLine.objects.of_filing(round_.filing).update(to_correct=True)


def test_it_is_the_same_report(filled):
    version = filled.filing.version
    with CaptureQueriesContext(connection) as queries:
        filing = own(filled, version=version)

    assert filing.state == filled.filing.state == Status.SUBMITTED
    asked = [query for query in queries if "SAVEPOINT" not in (query["sql"] or "")]
    assert len(asked) == STATEMENTS


def test_the_chain_of_events_goes_on(filled, county_reviewer):
    own(filled)
    returned(filled, county_reviewer)

    filing = own(filled)

    events = FilingEvent.objects.filter(filing=filing).order_by("sequence")
    hashes = list(events.values_list("hash", flat=True))
    assert list(events.values_list("previous_hash", flat=True)) == ["", *hashes[:-1]]


def test_what_is_missing_and_what_moved_is_refused(round_):
    with pytest.raises(FilingIncomplete, match="还有 4 个品规没有填写"):
        own(round_)
    with pytest.raises(FilingsMoved):
        own(round_, version=round_.filing.version + 1)

    assert round_.filing.state == Status.DRAFT


@pytest.mark.parametrize("again", [own, lambda round_: report(**round_.place)])
def test_rows_to_be_corrected_go_up_again_by_who_may_fill_them_in(filled, county_reviewer, again):
    own(filled)
    returned(filled, county_reviewer)
    filled.clerk.permission_subset = [Permission.QUERY, Permission.REPORT]

    with pytest.raises(NotEditable, match="维护"):
        again(filled)

    marked = DemandLine.objects.of_filing(filled.filing).filter(to_correct=True)
    assert marked.count() == len(COMPLETE)
    filled.clerk.permission_subset = None
    again(filled)
    assert not marked.exists()


def test_a_unit_without_such_a_filing_has_none(filled, hospital_clerk, county_reviewer):
    for person in (hospital_clerk, county_reviewer):
        with pytest.raises(Filing.DoesNotExist):
            report_own(code="NOBODYS", by=Actor.of(person))
    slots = make.demand_project([filled.hospital], code="LS", kind=ProjectKind.HISTORY)
    with pytest.raises(Filing.DoesNotExist):
        report_own(code=slots.code, by=filled.by)


def test_the_page_reports_and_says_why_it_does_not(filled, client_of):
    client, code = client_of(filled.clerk), filled.project.code
    address = f"/demand/{code}/entry/"

    late = client.post(address, {"act": "report", "version": "7"}, follow=True)
    assert "页面打开之后数据有变化" in late.content.decode()
    assert client.post("/demand/NOBODYS/entry/", {"act": "report"}).status_code == 404
    assert client.post(address, {"act": "report", "version": "0"}).status_code == 302
    assert filled.filing.state == Status.SUBMITTED
