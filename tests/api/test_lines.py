"""Reading and writing one's own sheet: each row with the sheet's own answer, nothing half written."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.audit.models import LogEntry
from apps.projects.models import CatalogItem, ProjectKind, ProjectWindow
from apps.reporting.models import DemandLine
from apps.scope.context import whole_country
from tests import factories_demand as demand

pytestmark = pytest.mark.django_db
LINES = "projects/BL/lines"


@pytest.fixture
def unit(tree):
    return tree["H42010600001"]


@pytest.fixture
def project(unit, alliance_officer):
    made = demand.demand_project([unit], explanation_scope="none")
    with whole_country(reason="test"):
        CatalogItem.objects.filter(item_code="P0002").update(unified_code="XA0002")
        CatalogItem.objects.filter(item_code__in=["P0003", "P0004"]).update(unified_code="XA0034")
    return demand.published(made, alliance_officer)


@pytest.fixture
def program(program_of, project, hospital_clerk):
    return program_of(hospital_clerk)


def planned(project, unit):
    with whole_country(reason="test"):
        rows = DemandLine.objects.filter(filing=demand.filing_of(project, unit))
        return dict(rows.order_by("item__item_code").values_list("item__item_code", "planned"))


def test_rows_come_by_cursor_in_one_order(program):
    first = program.ask(LINES, limit=3)
    second = program.ask(LINES, limit=3, cursor=first["next"])

    assert [row["item_code"] for row in first["items"]] == ["P0001", "P0002", "P0003"]
    assert [row["item_code"] for row in second["items"]] == ["P0004"]
    assert second["next"] is None
    assert first["items"][0]["planned"] is None
    assert first["items"][0]["version"] == 0


def test_an_odd_cursor_is_refused(program):
    response = program.get(f"/api/v1/{LINES}", {"cursor": "é"})

    assert response.status_code == 422
    assert response.json()["code"] == "cursor_unreadable"


def test_each_row_has_its_answer(program, project, unit):
    demand.planned(project, unit, {"P0001": 7})
    rows = [
        {"item": "P0001", "planned": 56, "version": 0},
        {"item": "XA0002", "planned": "2盒"},
        {"item": "P0003", "planned": "十二"},
        {"item": "P0004", "planned": 0},
    ]

    answer = program.send(LINES, {"rows": rows}).json()

    assert [answer["saved"], answer["refused"], answer["conflicts"]] == [2, 1, 1]
    conflict, boxes, refused, none = answer["rows"]
    assert (conflict["result"], conflict["planned"], conflict["sent"]) == ("conflict", 7, 56)
    assert conflict["detail"] == "这一行在您取数之后已被他人修改，没有覆盖。"
    assert (boxes["result"], boxes["planned"], boxes["item"]) == ("saved", 56, "XA0002")
    assert refused["result"] == "refused"
    assert "十二" in refused["detail"]
    assert (none["planned"], none["version"]) == (0, 1)
    assert planned(project, unit) == {"P0001": 7, "P0002": 56, "P0004": 0}


def test_a_row_sent_without_its_version_overwrites_nothing(program, project, unit):
    demand.planned(project, unit, {"P0001": 7})

    (row,) = program.send(LINES, {"rows": [{"item": "P0001", "planned": 56}]}).json()["rows"]

    assert (row["result"], row["planned"], row["version"]) == ("conflict", 7, 1)
    assert planned(project, unit) == {"P0001": 7}


def test_unknown_codes_are_listed_and_nothing_is_written(program, project, unit):
    codes = ["P0001", "P9999", "测试片2", "XA0034"]
    rows = [{"item": code, "planned": 1} for code in codes]

    response = program.send(LINES, {"rows": rows})

    assert response.status_code == 422
    assert response.json()["code"] == "items_unknown"
    assert response.json()["unknown"] == ["P9999", "测试片2"]
    assert response.json()["ambiguous"] == ["XA0034"]
    assert planned(project, unit) == {}


def test_one_item_twice_is_refused(program, project, unit):
    rows = [{"item": "P0002", "planned": 1}, {"item": "XA0002", "planned": 2}]

    response = program.send(LINES, {"rows": rows})

    assert response.json()["code"] == "items_repeated"
    assert planned(project, unit) == {}


def test_saving_stands_in_the_log_with_the_token(program):
    program.send(LINES, {"rows": [{"item": "P0001", "planned": 56}]})

    with whole_country(reason="test"):
        entry = LogEntry.objects.get(verb="保存")
    assert entry.actor_name == "王医办（接口令牌：HIS）"
    assert entry.sentence == "武昌区人民医院在“测试药品报量”保存 1 个品规的预采购量"


def test_what_changed_since(program, project, unit):
    demand.planned(project, unit, {"P0001": 7})
    later = (timezone.now() + timedelta(minutes=5)).isoformat()
    before = (timezone.now() - timedelta(minutes=5)).isoformat()

    assert [row["item_code"] for row in program.ask(LINES, updated_since=before)["items"]] == [
        "P0001"
    ]
    assert program.ask(LINES, updated_since=later)["items"] == []
    refused = program.get(f"/api/v1/{LINES}", {"updated_since": "2026-11-30T08:00:00"})
    assert "时区" in refused.json()["detail"]


def test_a_row_sent_again_is_no_longer_to_correct(program, project, unit):
    demand.planned(project, unit, {"P0001": 56}, to_correct=True, is_saved=True)

    program.send(LINES, {"rows": [{"item": "P0001", "planned": 56, "version": 1}]})

    with whole_country(reason="test"):
        line = demand.line_of(project, unit, "P0001")
    assert (line.to_correct, line.is_saved, line.version) == (False, True, 2)


def test_nothing_new_writes_nothing(program, project, unit):
    demand.planned(project, unit, {"P0001": 56}, is_saved=True)
    demand.planned(project, unit, {"P0002": None})
    rows = [{"item": "P0001", "planned": 56}, {"item": "P0002", "planned": None}]

    answer = program.send(LINES, {"rows": rows}).json()

    assert (answer["saved"], [row["version"] for row in answer["rows"]]) == (2, [1, 1])


def test_a_whole_sheet_is_written_in_one_statement(program, project):
    body = {"rows": [{"item": f"P000{place}", "planned": 28} for place in (1, 2)]}

    with CaptureQueriesContext(connection) as asked:
        program.send(LINES, body)

    written = [each["sql"] for each in asked if "reporting_demandline" in each["sql"]]
    assert sum("INSERT" in sql for sql in written) == 1
    assert not any(sql.startswith("UPDATE") for sql in written)


def test_a_round_that_collects_history_is_filled_in_alike(
    unit, program_of, alliance_officer, hospital_clerk
):
    made = demand.demand_project(
        [unit], code="LS", kind=ProjectKind.HISTORY, explanation_scope="none"
    )
    demand.published(made, alliance_officer)
    program = program_of(hospital_clerk)

    rows = [{"item": f"P000{place}", "planned": place * 28} for place in range(1, 5)]
    assert program.send("projects/LS/lines", {"rows": rows}).json()["saved"] == 4
    version = program.get("/api/v1/projects/LS/filing")["ETag"]
    assert program.send("projects/LS/report", If_Match=version).json()["status"] == "submitted"
    assert planned(made, unit) == {f"P000{place}": place * 28 for place in range(1, 5)}


def test_the_same_request_again_changes_nothing(program, project, unit):
    body = {"rows": [{"item": "P0001", "planned": 56, "version": 0}]}
    first = program.send(LINES, body, Idempotency_Key="a1")
    again = program.send(LINES, body, Idempotency_Key="a1")
    other = program.send(LINES, {"rows": [{"item": "P0001", "planned": 1}]}, Idempotency_Key="a1")

    assert again.json() == first.json()
    assert again["Idempotent-Replayed"] == "true"
    assert other.status_code == 422
    assert other.json()["code"] == "key_reused"
    assert planned(project, unit) == {"P0001": 56}


def test_outside_its_time_the_sheets_own_sentence(program, project):
    with whole_country(reason="test"):
        ProjectWindow.objects.filter(project=project).update(is_on=False)

    response = program.send(LINES, {"rows": [{"item": "P0001", "planned": 56}]})

    assert response.status_code == 409
    assert response.json()["code"] == "not_editable"
    assert response.json()["detail"] == "现在不在填报时间内，不能修改。"


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"rows": []}, "body.body.rows"),
        ({"rows": [{"planned": 1}]}, "body.body.rows.0.item"),
        ({"rows": [{"item": "P0001", "planned": 1.5}]}, "body.body.rows.0.planned"),
        ({}, "body.body.rows"),
    ],
)
def test_what_makes_no_sense_is_said_where(program, body, where):
    response = program.send(LINES, body)

    assert response.status_code == 422
    assert response.json()["code"] == "invalid"
    assert response.json()["errors"][0]["where"].startswith(where)


def test_no_json_is_refused(program):
    response = program.post(f"/api/v1/{LINES}", "{", content_type="application/json")

    assert response.status_code in {400, 422}
    assert response.json()["code"] == "invalid"


def test_without_the_right_to_maintain_nothing_is_written(program_of, project, hospital_clerk):
    reader = program_of(hospital_clerk, name="只读", rights=["query"])

    response = reader.send(LINES, {"rows": [{"item": "P0001", "planned": 56}]})

    assert response.status_code == 403
    assert response.json()["code"] == "right_missing"


def test_a_token_of_other_projects_finds_none(
    program_of, project, unit, alliance_officer, hospital_clerk
):
    other = demand.demand_project([unit], code="BL2")
    demand.published(other, alliance_officer)
    program = program_of(hospital_clerk, project_ids=[other.pk])

    assert [each["code"] for each in program.ask("projects")["items"]] == ["BL2"]
    assert program.get(f"/api/v1/{LINES}").status_code == 404
    assert program.get("/api/v1/projects/BL/items").status_code == 404
