"""上报 and what comes before and after it, by a program."""

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.accounts.domain.actors import Actor
from apps.reporting.models import DemandLine
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import FilingEvent
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests import factories_demand as demand

pytestmark = pytest.mark.django_db
FILING, REPORT = "projects/BL/filing", "projects/BL/report"


@pytest.fixture
def unit(tree):
    return tree["H42010600001"]


@pytest.fixture
def round_of(unit, alliance_officer):
    """A published round with two items, both answered."""

    def made(**policies):
        project = demand.demand_project([unit], items=2, explanation_scope="none", **policies)
        with whole_country(reason="test"):
            publish_project(project, by=replace(Actor.of(alliance_officer), proved=True))
        demand.planned(project, unit, {"P0001": 56, "P0002": 0})
        return project

    return made


@pytest.fixture
def program(program_of, hospital_clerk):
    return program_of(hospital_clerk)


def reported(program):
    version = program.get(f"/api/v1/{FILING}")["ETag"]
    return program.send(REPORT, If_Match=version)


def test_reporting_says_who_by_which_token(round_of, program, unit):
    project = round_of()

    response = reported(program)

    assert response.status_code == 200
    assert response.json() == {"status": "submitted", "status_text": "待市医保审核", "version": 1}
    assert response["ETag"] == '"1"'
    with whole_country(reason="test"):
        event = FilingEvent.objects.get(filing=demand.filing_of(project, unit))
    assert (event.action, event.actor_name) == (Action.SUBMIT, "王医办（接口令牌：HIS）")
    told = program.ask(FILING)
    assert told["is_editable"] is False
    assert told["why_not"] == "本单位的当前为“待市医保审核”，不能修改。"
    assert [each["action"] for each in told["events"]] == ["submit"]


def test_nobody_reports_what_he_has_not_looked_at(round_of, program):
    round_of()

    assert program.send(REPORT).status_code == 428
    stale = program.send(REPORT, If_Match='"7"')
    assert stale.status_code == 412
    assert stale.json()["code"] == "filings_moved"


def test_what_is_missing_is_said_as_on_the_page(round_of, program, unit):
    round_of()
    with whole_country(reason="test"):
        DemandLine.objects.filter(item__item_code="P0002").update(planned=None)

    assert program.ask(FILING)["problems"] == ["还有 1 个品规没有填写"]
    refused = reported(program)
    assert refused.status_code == 409
    assert refused.json()["code"] == "filing_incomplete"
    assert refused.json()["detail"] == "还不能上报：还有 1 个品规没有填写。"


def test_where_the_project_asks_for_the_password_the_interface_refuses(round_of, program):
    round_of(asks_proof=True)

    refused = reported(program)

    assert refused.status_code == 403
    assert refused.json()["code"] == "proof_missing"


def test_taking_it_back_names_items_by_code(round_of, program, unit):
    round_of(institution_withdrawal="direct")
    version = reported(program)["ETag"]

    unknown = program.send("projects/BL/withdraw", {"items": ["P0009"]}, If_Match=version)
    assert unknown.json()["unknown"] == ["P0009"]
    back = program.send("projects/BL/withdraw", {"items": ["P0001"]}, If_Match=version)

    assert back.json()["status"] == "draft"
    rows = {
        row["item_code"]: row["to_correct"] for row in program.ask("projects/BL/lines")["items"]
    }
    assert rows == {"P0001": True, "P0002": False}


def test_asking_for_it_back(round_of, program):
    round_of(institution_withdrawal="on_request")
    early = program.send("projects/BL/withdrawal-request", {"reason": "录错"})
    assert early.status_code == 409
    reported(program)

    asked = program.send("projects/BL/withdrawal-request", {"reason": "录错"})

    assert asked.json()["state"] == "open"
    assert program.ask(FILING)["requests"][0]["reason"] == "录错"


def test_the_document_goes_down_and_up(round_of, program):
    round_of(attachment="letter")

    template = program.get("/api/v1/projects/BL/letter")
    content = template.getvalue()
    assert content.startswith(b"%PDF")
    assert program.ask(FILING)["document"]["is_missing"] is True

    file = SimpleUploadedFile("承诺函.pdf", content, content_type="application/pdf")
    kept = program.post("/api/v1/projects/BL/letter", {"document": file})
    assert kept.status_code == 200, kept.content.decode()
    assert kept.json()["is_missing"] is False
    odd = SimpleUploadedFile("承诺函.pdf", b"no pdf", content_type="application/pdf")
    refused = program.post("/api/v1/projects/BL/letter", {"document": odd})
    assert refused.status_code == 409
    assert refused.json()["code"] == "attachment_refused"


def test_rounds_tell_their_rules_and_times(round_of, program):
    round_of()

    (listed,) = program.ask("projects")["items"]
    detail = program.ask("projects/BL")

    assert listed["filing"]["status_text"] == "填报中"
    assert listed["filing"]["closes_at"] is not None
    assert detail["explanation_scope"] == "none"
    assert detail["explanation_threshold"] == "0.2000"
    items = program.ask("projects/BL/items")["items"]
    assert [item["item_code"] for item in items] == ["P0001", "P0002"]
