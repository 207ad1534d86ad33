"""`perform`: one filing or many, all or none, one event for each change."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.organizations.models import Tier
from apps.projects.models import Approval, Gate, Project
from apps.review.domain.kinds import Problem
from apps.review.domain.performing import perform
from apps.review.domain.refusals import (
    ActionRefused,
    DeadlineInvalid,
    FilingIncomplete,
    FilingsMissing,
    FilingsMoved,
    GateClosed,
    NotYourTurn,
    ReasonMissing,
)
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from apps.scope.context import enter, whole_country
from tests.cast import Tree
from tests.factories import InstitutionFactory
from tests.review.acting import act, status_of
from tests.review.planting import Paper, filing_of, move_window, planted


@pytest.mark.covers("S0-07", "S0-06", "S0-05", "S0-04")
def test_the_whole_chain_from_institution_to_alliance(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, province_officer: User,
    alliance_officer: User,
) -> None:  # fmt: skip
    clerk, city, province = (
        filing_of(round_on_paper, who) for who in (hospital_clerk, city_reviewer, province_officer)
    )

    act(Action.SUBMIT, hospital_clerk, clerk)
    act(Action.APPROVE, city_reviewer, clerk)
    act(Action.SUBMIT, city_reviewer, city, confirmed=True)
    act(Action.APPROVE, province_officer, city)
    act(Action.SUBMIT, province_officer, province, confirmed=True)
    act(Action.APPROVE, alliance_officer, province)

    assert [status_of(filing) for filing in (clerk, city, province)] == ["approved"] * 3
    assert list(
        FilingEvent.objects.filter(filing=clerk).values_list("sequence", "action", "actor_name")
    ) == [(1, "submit", "王医办"), (2, "approve", "陈市审")]


def test_each_change_writes_one_log_entry_that_the_filer_can_read(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)
    act(Action.RETURN, city_reviewer, clerk, reason="数量有误")

    with enter(scope_of(hospital_clerk)):
        sentences = list(LogEntry.objects.order_by("pk").values_list("sentence", flat=True))

    assert sentences == [
        "上报：武昌区人民医院在“测试项目”的申报",
        "退回修改：武昌区人民医院在“测试项目”的申报，原因：数量有误",
    ]


@pytest.mark.covers("S0-10")
def test_strangers_do_not_even_see_the_filing(
    round_on_paper: Project, hospital_clerk: User, neighbour_clerk: User
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)

    with pytest.raises(FilingsMissing):
        act(Action.SUBMIT, neighbour_clerk, clerk)

    assert status_of(clerk) == "draft"


def test_only_the_party_whose_turn_it_is_may_act(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, province_officer: User
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)

    with pytest.raises(NotYourTurn):
        act(Action.SUBMIT, city_reviewer, clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)
    with pytest.raises(NotYourTurn):
        act(Action.APPROVE, province_officer, clerk)
    with pytest.raises(NotYourTurn):
        act(Action.APPROVE, hospital_clerk, clerk)

    assert status_of(clerk) == "submitted"


def test_an_upper_tier_acts_for_a_lower_one_by_name_and_with_a_reason(
    round_on_paper: Project, hospital_clerk: User, province_officer: User, tree: Tree
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)

    with enter(scope_of(province_officer)):
        stand_in = Actor.of(province_officer).acting_for(tree["420100"], reason="市局停电")
        perform([clerk], Action.APPROVE, by=stand_in, reason="市局停电")

    event = FilingEvent.objects.get(filing=clerk, action=Action.APPROVE)
    assert (event.organization_name, event.on_behalf_of, event.reason) == (
        "湖北省医疗保障局", "武汉市医疗保障局", "市局停电",
    )  # fmt: skip


def test_a_lower_tier_cannot_act_for_an_upper_one(
    round_on_paper: Project, hospital_clerk: User, tree: Tree
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)

    impostor = Actor.of(hospital_clerk).acting_for(tree["420100"], reason="试试")

    with enter(scope_of(hospital_clerk)), pytest.raises(NotYourTurn):
        perform([clerk], Action.APPROVE, by=impostor)


def test_a_stale_page_is_refused_with_what_happened_and_by_whom(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)

    with pytest.raises(FilingsMoved, match="武昌区人民医院 王医办已上报"):
        act(Action.APPROVE, city_reviewer, clerk, versions={clerk.pk: 0})

    assert status_of(clerk) == "submitted"


def test_one_that_cannot_move_keeps_all_from_moving(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, tree: Tree
) -> None:
    first, second = filing_of(round_on_paper, hospital_clerk), filing_of(
        round_on_paper, tree["H42010600002"]
    )  # fmt: skip
    act(Action.SUBMIT, hospital_clerk, first)

    with pytest.raises(ActionRefused, match="武昌区中医医院（当前为“填报中”"):
        act(Action.APPROVE, city_reviewer, first, second)

    assert (status_of(first), status_of(second)) == ("submitted", "draft")


@pytest.mark.covers("S0-22")
def test_a_return_needs_a_reason(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)

    with pytest.raises(ReasonMissing):
        act(Action.RETURN, city_reviewer, clerk, reason="  ")


@pytest.mark.covers("S0-21")
def test_returned_after_the_window_closed_corrected_and_approved(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    clerk, now = filing_of(round_on_paper, hospital_clerk), timezone.now()
    act(Action.SUBMIT, hospital_clerk, clerk)
    move_window(round_on_paper, Tier.INSTITUTION, now - timedelta(2), now - timedelta(1))

    deadline = now + timedelta(hours=6)
    act(Action.RETURN, city_reviewer, clerk, reason="数量有误", deadline=deadline)
    assert status_of(clerk) == "returned"
    assert clerk.correction_deadline == deadline
    act(Action.SUBMIT, hospital_clerk, clerk)
    act(Action.APPROVE, city_reviewer, clerk)

    assert status_of(clerk) == "approved"


def test_a_return_lasts_by_default_until_the_returners_window_ends(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    clerk, end = filing_of(round_on_paper, hospital_clerk), timezone.now() + timedelta(days=3)
    act(Action.SUBMIT, hospital_clerk, clerk)
    for tier in (Tier.INSTITUTION, Tier.CITY):
        move_window(round_on_paper, tier, end - timedelta(days=9), end)

    act(Action.RETURN, city_reviewer, clerk, reason="数量有误")

    clerk.refresh_from_db()
    assert clerk.correction_deadline == end


def test_a_deadline_in_the_past_is_refused(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)

    with pytest.raises(DeadlineInvalid):
        act(Action.RETURN, city_reviewer, clerk, reason="晚了", deadline=timezone.now())


@pytest.mark.covers("S0-24")
def test_a_submitted_child_blocks_the_lenient_gate_and_missing_ones_are_confirmed(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> None:
    clerk, city = (
        filing_of(round_on_paper, hospital_clerk),
        filing_of(round_on_paper, city_reviewer),
    )
    act(Action.SUBMIT, hospital_clerk, clerk)

    with pytest.raises(GateClosed, match="还有单位未处理完，不能提交：武昌区人民医院"):
        act(Action.SUBMIT, city_reviewer, city, confirmed=True)
    act(Action.APPROVE, city_reviewer, clerk)
    with pytest.raises(GateClosed, match=r"请确认名单后再提交：.*武昌区中医医院"):
        act(Action.SUBMIT, city_reviewer, city)
    act(Action.SUBMIT, city_reviewer, city, confirmed=True)

    assert status_of(city) == "submitted"


@pytest.mark.covers("S0-28")
def test_the_strict_gate_waits_for_everybody(
    tree: Tree, paper: Paper, country: object, hospital_clerk: User, city_reviewer: User
) -> None:
    del paper, country
    both = [tree["H42010600001"], tree["H42010600002"]]
    project = planted(both, gate=Gate.STRICT)
    clerk, city = filing_of(project, hospital_clerk), filing_of(project, city_reviewer)
    act(Action.SUBMIT, hospital_clerk, clerk)
    act(Action.APPROVE, city_reviewer, clerk)

    with pytest.raises(GateClosed, match="武昌区中医医院"):
        act(Action.SUBMIT, city_reviewer, city, confirmed=True)


def test_one_by_one_approval_refuses_a_batch(
    tree: Tree, paper: Paper, country: object, city_reviewer: User
) -> None:
    del paper, country
    both = [tree["H42010600001"], tree["H42010600002"]]
    project = planted(both, approval=Approval.ONE_BY_ONE)
    Filing.objects.of_project(project).institutions().update(
        status=Status.SUBMITTED, submitted_at=timezone.now()
    )

    with pytest.raises(ActionRefused, match="逐一审核"):
        act(Action.APPROVE, city_reviewer, *(filing_of(project, unit) for unit in both))


def test_an_incomplete_institution_hears_everything_that_is_open(
    round_on_paper: Project, hospital_clerk: User, paper: Paper
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)
    paper.open_work[clerk.pk] = [Problem("还有 2 条未确认"), Problem("还有 1 条未分量")]

    with pytest.raises(FilingIncomplete, match="还有 2 条未确认；还有 1 条未分量"):
        act(Action.SUBMIT, hospital_clerk, clerk)


def test_the_kind_hears_of_freezing_and_unfreezing_once(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User, paper: Paper
) -> None:
    clerk = filing_of(round_on_paper, hospital_clerk)

    act(Action.SUBMIT, hospital_clerk, clerk)
    act(Action.APPROVE, city_reviewer, clerk)
    act(Action.UNAPPROVE, city_reviewer, clerk)
    act(Action.WITHDRAW, hospital_clerk, clerk)

    assert paper.told == [("freeze", clerk.pk), ("unfreeze", clerk.pk)]


@pytest.mark.parametrize("count", [2, 120])
def test_approving_many_costs_the_same_number_of_statements(
    tree: Tree, country: object, paper: Paper, city_reviewer: User, count: int
) -> None:
    del country, paper
    project = planted(InstitutionFactory.create_batch(count, parent=tree["420106"]))
    filings = list(Filing.objects.of_project(project).institutions())
    with whole_country(reason="test"):
        Filing.objects.filter(pk__in=[f.pk for f in filings]).update(
            status=Status.SUBMITTED, submitted_at=timezone.now()
        )

    with CaptureQueriesContext(connection) as statements:
        act(Action.APPROVE, city_reviewer, *filings)

    # What is compiled for the first time is compiled within a savepoint of its own.
    marks = ("SAVEPOINT", "RELEASE")
    asked = [one for one in statements.captured_queries if not one["sql"].startswith(marks)]
    assert len(asked) == 10
    told = [one["sql"].split()[2] for one in asked if 'INTO "notices_' in one["sql"]]
    assert told == ['"notices_message"', '"notices_event"']
    assert Filing.objects.filter(project=project, status=Status.APPROVED).count() == count
