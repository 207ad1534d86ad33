"""A bureau's acts by a program, to their end: queue, return with lines, approval, package; what the rows say then."""

import pytest

from apps.reporting.models import DemandLine, DemandTotal
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from tests import factories_demand as demand

pytestmark = pytest.mark.django_db
QUEUE = "projects/BL/queue"
PLANNED = {"P0001": 56, "P0002": 0}


@pytest.fixture
def unit(tree):
    return tree["H42010600001"]


@pytest.fixture
def reported(unit, program_of, hospital_clerk, alliance_officer):
    """`reported(program_review=True)`: a round whose hospital has reported by a program."""

    def made(**policies):
        told = {"items": 2, "explanation_scope": "none", "chain": ["county", "city", "province"]}
        project = demand.demand_project([unit], **(told | policies))
        demand.published(project, alliance_officer)
        demand.planned(project, unit, PLANNED)
        again(program_of(hospital_clerk))
        return project

    return made


def again(clerk):
    """The hospital reports what stands."""
    version = clerk.get("/api/v1/projects/BL/filing")["ETag"]
    answer = clerk.send("projects/BL/report", If_Match=version)
    assert answer.status_code == 200, answer.content.decode()


def act(program, action, **told):
    (row,) = program.ask(QUEUE)["items"]
    body = {"action": action, "filings": [{"id": row["id"], "version": row["version"]}]} | told
    return program.send(f"{QUEUE}/acts", body)


def standing(project, unit):
    with whole_country(reason="test"):
        filing = demand.filing_of(project, unit)
        events = FilingEvent.objects.filter(filing=filing).order_by("sequence")
        return filing, list(events.values_list("action", "actor_name"))


def test_a_report_is_looked_at_returned_with_lines_corrected_and_approved(
    reported, program_of, county_reviewer, hospital_clerk, unit
):
    project = reported(program_review=True)
    county = program_of(county_reviewer, name="平台")
    (row,) = county.ask(QUEUE, status="submitted")["items"]
    lines = county.ask(f"{QUEUE}/{row['id']}/lines")["items"]
    assert {line["item_code"]: line["planned"] for line in lines} == PLANNED

    back = act(county, "return", reason="数量有误", items=["P0001"])

    assert back.json()["filings"][0]["status"] == "returned", back.content.decode()
    filing, events = standing(project, unit)
    assert (filing.status, filing.return_reason) == (Status.RETURNED, "数量有误")
    assert events[-1] == (Action.RETURN, f"{county_reviewer}（接口令牌：平台）")
    with whole_country(reason="test"):
        marked = DemandLine.objects.filter(filing=filing, to_correct=True)
        assert list(marked.values_list("item__item_code", flat=True)) == ["P0001"]
    assert county.ask(QUEUE, updated_since="2100-01-01T00:00:00Z")["items"] == []
    assert len(county.ask(QUEUE, updated_since="2000-01-01T00:00:00Z")["items"]) == 1
    clerk = program_of(hospital_clerk, name="HIS2")
    told = clerk.ask("projects/BL/filing")
    assert (told["returned"]["reason"], told["returned"]["items"]) == ("数量有误", ["P0001"])
    version = clerk.ask("projects/BL/lines")["items"][0]["version"]
    clerk.send(
        "projects/BL/lines", {"rows": [{"item": "P0001", "planned": 84, "version": version}]}
    )
    again(clerk)

    assert act(county, "approve").json()["filings"][0]["status"] == "approved"
    filing, events = standing(project, unit)
    assert filing.status == Status.APPROVED
    assert [action for action, _ in events] == ["submit", "return", "submit", "approve"]
    assert act(county, "unapprove", reason="再看").json()["filings"][0]["status"] == "submitted"
    assert standing(project, unit)[0].status == Status.SUBMITTED


def test_the_package_goes_up_and_its_totals_stand(
    reported, program_of, county_reviewer, city_reviewer, tree
):
    project = reported(program_review=True)
    county = program_of(county_reviewer)
    early = county.ask("projects/BL/package")
    assert (early["is_ready"], early["below"]["submitted"]) == (False, 1)
    act(county, "approve")
    (item,) = county.ask("projects/BL/package/items")["items"]
    assert (item["item_code"], item["quantity"], item["institutions"]) == ("P0001", 56, 1)

    version = county.get("/api/v1/projects/BL/package")["ETag"]
    assert county.send("projects/BL/package/submit", {}).status_code == 428
    done = county.send("projects/BL/package/submit", {"confirmed": True}, If_Match=version)

    assert done.json()["status"] == "submitted", done.content.decode()
    with whole_country(reason="test"):
        package = Filing.objects.get(project=project, organization=tree["420106"])
        totals = DemandTotal.objects.filter(filing=package, quantity__gt=0)
        assert package.status == Status.SUBMITTED
        assert list(totals.values_list("item__item_code", "quantity")) == [("P0001", 56)]
    (row,) = program_of(city_reviewer).ask(QUEUE)["items"]
    assert (row["unit_code"], row["status"]) == ("420106", "submitted")


def test_where_the_project_does_not_let_programs_act_nothing_moves(
    reported, program_of, county_reviewer, unit
):
    project = reported()
    county = program_of(county_reviewer)

    refused = act(county, "approve")

    assert (refused.status_code, refused.json()["code"]) == (403, "not_by_program")
    assert refused.json()["detail"] == "本项目不允许通过接口审核和提交，请登录网页办理。"
    assert county.ask("projects/BL")["program_review"] is False
    assert standing(project, unit)[0].status == Status.SUBMITTED
    version = county.get("/api/v1/projects/BL/package")["ETag"]
    sent = county.send("projects/BL/package/submit", {"confirmed": True}, If_Match=version)
    assert sent.json()["code"] == "not_by_program"


def test_of_many_none_moves_if_one_has_moved(reported, program_of, county_reviewer, unit):
    project = reported(program_review=True)
    county = program_of(county_reviewer)
    (row,) = county.ask(QUEUE)["items"]
    body = {"action": "approve", "filings": [{"id": row["id"], "version": row["version"] + 1}]}

    refused = county.send(f"{QUEUE}/acts", body)

    assert (refused.status_code, refused.json()["code"]) == (412, "filings_moved")
    assert standing(project, unit)[0].status == Status.SUBMITTED


def test_a_return_names_items_of_one_institution_alone(reported, program_of, county_reviewer, unit):
    project = reported(program_review=True)
    county = program_of(county_reviewer)

    unknown = act(county, "return", reason="有误", items=["P9"])

    assert unknown.json()["unknown"] == ["P9"]
    assert standing(project, unit)[0].status == Status.SUBMITTED
