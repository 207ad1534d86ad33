"""The second pass: what a return asked for and what was done, line by line; reasons nobody has to type."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.reporting.domain.reports import keep_reports
from apps.reporting.models import DemandLine
from apps.review.domain.carrying import Instruction
from apps.review.domain.performing import carry
from apps.review.domain.returns.reasons import READY
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from tests import factories
from tests import factories_demand as make
from tests.factories_review import put
from tests.pages import tags

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


@pytest.fixture
def reported(tree, alliance_officer):
    """Two hospitals of a county with three items each, waiting for review."""
    units = [
        factories.InstitutionFactory(parent=tree["420106"], name=n) for n in ("甲医院", "乙医院")
    ]
    project = make.demand_project(units, items=3, chain=["county", "city", "province"])
    make.published(project, alliance_officer)
    for unit in units:
        make.planned(project, unit, {"P0001": 100, "P0002": 200, "P0003": 300})
    filings = list(Filing.objects.of_project(project).institutions().order_by("path"))
    put(Status.SUBMITTED, *filings, version=1)
    keep_reports(filings)
    return filings


@pytest.fixture
def url(reported):
    return f"/review/BL/filings/{reported[0].pk}/"


def item(filing, code):
    return make.items_of(filing.project)[code].pk


def returned(filing, person, *codes):
    told = Instruction(
        Actor.of(person), reason="请核对", lines=[item(filing, code) for code in codes]
    )
    carry([filing], Action.RETURN, told)


def reports_again(filing, **planned):
    for code, quantity in planned.items():
        DemandLine.objects.filter(filing=filing, item=item(filing, code)).update(planned=quantity)
    filing.refresh_from_db()
    put(Status.SUBMITTED, filing, version=filing.version + 1)
    keep_reports([filing])


def test_what_was_asked_and_what_was_done_is_said(reported, url, client_of, county_reviewer):
    filing = reported[0]
    returned(filing, county_reviewer, "P0001", "P0002")
    reports_again(filing, P0001=150, P0003=310)

    response = client_of(county_reviewer).get(url)
    text = response.content.decode()

    assert "要求改 2 条，已改 1 条" in text
    assert text.count("要求修改，已改") == 1
    assert text.count("要求修改，未改") == 1
    assert response.context["detail"].context["show"] == "asked"


def test_a_return_that_names_nothing_says_its_reason(reported, url, client_of, county_reviewer):
    filing = reported[0]
    returned(filing, county_reviewer, "P0001")
    reports_again(filing, P0001=150)
    returned(filing, county_reviewer)
    reports_again(filing)

    text = client_of(county_reviewer).get(url).content.decode()

    assert "要求改" not in text
    assert "与上次上报相比没有任何变动" in text


def test_the_ticked_lines_are_reason_enough(reported, url, client_of, county_reviewer):
    filing = reported[0]

    client_of(county_reviewer).post(
        f"{url}return/", {"version": filing.version, "line": [item(filing, "P0001")]}
    )

    filing.refresh_from_db()
    assert filing.state == Status.RETURNED
    assert filing.return_reason == "请核对：测试片1 5mg×28片。"


def test_a_ready_reason_needs_no_typing(reported, url, client_of, county_reviewer):
    filing = reported[0]

    client_of(county_reviewer).post(
        f"{url}return/", {"version": filing.version, "ready": READY[1], "reason": "第 3 条"}
    )

    filing.refresh_from_db()
    assert filing.return_reason == f"第 3 条\n{READY[1]}"


def test_without_any_it_is_refused(reported, url, client_of, county_reviewer):
    refused = client_of(county_reviewer).post(f"{url}return/", {"version": reported[0].version})

    assert "请填写退回原因。" in refused.content.decode()


def test_reasons_given_last_are_offered(reported, client_of, county_reviewer):
    returned(reported[0], county_reviewer)
    other = f"/review/BL/filings/{reported[1].pk}/"

    page = client_of(county_reviewer).get(other).content.decode()

    offered = {tag["value"] for tag in tags(page, "option")}
    assert {"请核对", *READY} <= offered


def test_returning_goes_on_to_the_next(reported, url, client_of, county_reviewer):
    filing = reported[0]

    done = client_of(county_reviewer).post(
        f"{url}return/?queue=status%3Dsubmitted",
        {"version": filing.version, "reason": "请核对", "next": "1"},
    )

    assert f"/filings/{reported[1].pk}/" in done["Location"]
    assert "queue=" in done["Location"]


def test_tabs_keep_the_place_in_the_list(reported, url, client_of, county_reviewer):
    page = client_of(county_reviewer).get(url, {"queue": "sort=-odd"}).content.decode()

    tabs = [tag["href"] for tag in tags(page, "a") if "show=" in tag.get("href", "")]
    assert tabs
    assert all("queue=sort" in href for href in tabs)
