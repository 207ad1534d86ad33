"""上报 end to end: completeness, freezing, versions, withdrawal, restoring, lapsing, the baseline that stands still."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.accounts.domain.actors import Actor
from apps.projects.models import ExplanationScope, ProjectKind
from apps.reporting.domain.publication import findings
from apps.reporting.domain.refusals import NothingToWithdraw
from apps.reporting.domain.reports import reported_until
from apps.reporting.domain.sheet.completeness import open_work
from apps.reporting.domain.sheet.reporting import give_reason, report, withdraw
from apps.reporting.domain.sheet.rows import rows_of
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.reporting.domain.statuses import line_status
from apps.reporting.models import DemandReport, PurchaseHistory, ReportReason
from apps.review.domain.kinds import kind_of
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ActionRefused, FilingIncomplete
from apps.review.models.statuses import Action, Status
from tests import factories_demand as make
from tests.factories_review import put

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
STATEMENTS = 11
"""Of one report, whatever its size; one announces it."""
COMPLETE = {"P0001": 2_800, "P0002": 900, "P0003": 100, "P0004": 0}


def type_in(round_, quantities, **fields):
    entries = [Entry(round_.item(code), planned, **fields) for code, planned in quantities.items()]
    save_lines(entries=entries, **round_.place)


@pytest.mark.covers("S2-23")
def test_one_click_reports_every_row(round_):
    type_in(round_, COMPLETE)

    filing = report(**round_.place)

    assert filing.state == Status.SUBMITTED
    assert {line_status(round_.line(code), filing) for code in COMPLETE} == {"saved"}
    kept = DemandReport.objects.get(filing=filing)
    assert (kept.lines, kept.wanted, kept.explained) == (4, 3, 0)
    assert kept.amount == 1_400 + 450 + 50


@pytest.mark.parametrize(
    ("quantities", "sentence"),
    [
        ({"P0001": 2_800}, "还有 3 个品规没有填写"),
        (COMPLETE | {"P0002": 799}, "还有 1 个品规没有填写增幅降幅说明"),
        (COMPLETE | {"P0004": 1}, "还有 1 个品规没有填写增幅降幅说明"),
    ],
)
def test_an_incomplete_sheet_is_refused_and_kept(round_, quantities, sentence):
    type_in(round_, quantities)

    with pytest.raises(FilingIncomplete, match=sentence):
        report(**round_.place)

    assert round_.filing.state == Status.DRAFT
    assert {code: round_.line(code).planned for code in quantities} == quantities


@pytest.mark.parametrize(
    ("reason", "text"), [("decline", ""), ("other", "停用科室"), ("", "停用科室")]
)
def test_a_cause_or_a_text_explains(round_, reason, text):
    type_in(round_, COMPLETE)
    type_in(round_, {"P0002": 1}, reason=reason, explanation=text)

    assert report(**round_.place).state == Status.SUBMITTED


@pytest.mark.covers("S3-18", "S3-19", "S3-20")
def test_an_increase_of_the_total_needs_a_reason_where_the_project_says_so(
    tree, hospital_clerk, alliance_officer
):
    hospital = tree["H42010600001"]
    project = make.demand_project(
        [hospital],
        explanation_scope=ExplanationScope.TOTAL,
        explanation_direction="increase",
        explanation_threshold=0,
    )
    make.bought(project, hospital, {"P0001": 100})
    make.published(project, alliance_officer)
    make.planned(project, hospital, {"P0001": 100, "P0002": 0, "P0003": 0, "P0004": 1})
    place = {
        "filing": make.filing_of(project, hospital), "project": project, "by": Actor.of(hospital_clerk),
    }  # fmt: skip

    with pytest.raises(FilingIncomplete, match="上报理由"):
        report(**place)
    give_reason(text="新增椅位", **place)

    assert report(**place).state == Status.SUBMITTED
    assert DemandReport.objects.get().reason == "新增椅位"


def test_a_second_report_keeps_only_what_changed(round_, county_reviewer):
    type_in(round_, COMPLETE)
    first = report(**round_.place)
    perform([first], Action.RETURN, by=Actor.of(county_reviewer), reason="核对")
    type_in(round_, {"P0002": 950}, reason="growth")

    second = report(**round_.place)

    changes = DemandReport.objects.get(filing=second, number=second.version).changes
    assert changes == [[round_.item("P0002"), 950, "growth", "", "", 1_000]]
    assert reported_until(second, first.version)[round_.item("P0002")].planned == 900
    assert {line.planned for line in reported_until(second, second.version).values()} == {
        2_800, 950, 100, 0,
    }  # fmt: skip


@pytest.mark.covers("S2-39", "S2-40")
def test_withdrawal_marks_the_ticked_rows(round_, county_reviewer):
    type_in(round_, COMPLETE)
    report(**round_.place)

    with pytest.raises(NothingToWithdraw):
        withdraw(items=[], **round_.place)
    assert withdraw(items=[round_.item("P0002")], **round_.place) == 1

    assert round_.filing.state == Status.DRAFT
    states = {code: line_status(round_.line(code), round_.filing) for code in COMPLETE}
    assert states == dict.fromkeys(COMPLETE, "saved") | {"P0002": "correct"}
    report(**round_.place)
    perform([round_.filing], Action.APPROVE, by=Actor.of(county_reviewer))
    with pytest.raises(ActionRefused):
        withdraw(items=[round_.item("P0002")], **round_.place)


def test_restoring_puts_back_what_was_reported(round_, county_reviewer):
    type_in(round_, COMPLETE)
    perform([report(**round_.place)], Action.RETURN, by=Actor.of(county_reviewer), reason="核对")
    type_in(round_, {"P0001": 1, "P0002": None})

    kind_of(round_.project).restore([round_.filing])

    assert {code: round_.line(code).planned for code in COMPLETE} == COMPLETE


def test_the_baseline_stands_still_once_reported(round_, county_reviewer):
    type_in(round_, COMPLETE)
    filing = report(**round_.place)
    history = PurchaseHistory.objects.filter(organization=round_.hospital)

    with pytest.raises(IntegrityError, match="frozen_history"), transaction.atomic():
        history.update(quantity=1)
    perform([filing], Action.RETURN, by=Actor.of(county_reviewer), reason="核对")

    assert history.update(quantity=1) == 3


@pytest.mark.parametrize("number", [2, 60])
def test_a_report_costs_the_same_for_many_rows(tree, alliance_officer, hospital_clerk, number):
    hospital = tree["H42010600001"]
    project = make.published(make.demand_project([hospital], items=number), alliance_officer)
    make.planned(project, hospital, dict.fromkeys(make.items_of(project), 0))
    place = {"filing": make.filing_of(project, hospital), "project": project}

    with CaptureQueriesContext(connection) as queries:
        report(by=Actor.of(hospital_clerk), **place)

    assert (
        len([query for query in queries if "SAVEPOINT" not in (query["sql"] or "")]) == STATEMENTS
    )


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    planned=st.integers(0, 3_000),
    bought=st.integers(0, 3_000),
    threshold=st.sampled_from(["0", "0.1", "0.2", "0.3333", "1"]),
    direction=st.sampled_from(["decrease", "increase", "both"]),
)
def test_the_statement_and_the_page_ask_for_the_same_explanations(
    tree, alliance_officer, planned, bought, threshold, direction
):
    hospital = tree["H42010600001"]
    with transaction.atomic():
        project = make.demand_project(
            [hospital],
            items=1,
            explanation_threshold=threshold,
            explanation_direction=direction,
            baseline_years=[2024, 2025],
        )
        make.bought(project, hospital, {"P0001": bought})
        make.published(project, alliance_officer)
        make.planned(project, hospital, {"P0001": planned})
        filing = make.filing_of(project, hospital)

        (row,) = rows_of(project, filing)
        found = open_work([filing])[filing.pk]
        transaction.set_rollback(True)

    assert found.unexplained == int(row.needs_words)


@pytest.mark.covers("S3-31")
def test_approved_history_becomes_the_baseline(tree, alliance_officer):
    hospital = tree["H42010600001"]
    source = make.demand_project([hospital], code="LS", kind=ProjectKind.HISTORY)
    make.published(source, alliance_officer)
    make.planned(source, hospital, {"P0001": 700, "P0002": 0, "P0003": None})
    put(Status.APPROVED, make.filing_of(source, hospital))
    project = make.demand_project([hospital], code="BL2", history_project=source)

    problems, (warning,) = findings(project)
    assert problems == []
    assert "尚未办结" in warning
    make.published(project, alliance_officer)

    bought = PurchaseHistory.objects.filter(project=project)
    assert set(bought.values_list("item__item_code", "quantity")) == {("P0001", 700), ("P0002", 0)}


def test_lapsing_keeps_what_was_typed(round_):
    type_in(round_, {"P0001": 5})

    kind_of(round_.project).on_lapse([round_.filing])

    assert round_.line("P0001").planned == 5
    assert not ReportReason.objects.exists()
