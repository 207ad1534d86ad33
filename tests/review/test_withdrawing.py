"""申请撤回: who may ask, what granting and refusing do, and what overtakes a request (S3-27…29)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.notices.models import Message
from apps.projects.models import Project
from apps.review.domain.refusals import ActionRefused, NotYourTurn, ReasonMissing, RequestDecided
from apps.review.domain.withdrawals.acts import ask_withdrawal, grant_withdrawal, refuse_withdrawal
from apps.review.models import Filing, FilingEvent, RequestState, WithdrawalRequest
from apps.review.models.statuses import Action, Status
from apps.scope.context import enter
from tests.cast import Tree
from tests.factories_review import put
from tests.review.acting import act, status_of
from tests.review.planting import Paper, filing_of, planted

REASON = "采购量填错了"


@pytest.fixture
def on_request(tree: Tree, country: object, paper: Paper) -> Project:
    """Institutions ask, bureaus can't; tiers city and province."""
    del country, paper
    units = [unit for unit in tree.values() if unit.tier == "institution"]
    return planted(units, institution_withdrawal="on_request", bureau_withdrawal="none")


@pytest.fixture
def reported(on_request: Project, hospital_clerk: User) -> Filing:
    filing = filing_of(on_request, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, filing)
    filing.refresh_from_db()
    return filing


def ask(filing: Filing, person: User, reason: str = REASON) -> WithdrawalRequest:
    with enter(scope_of(person)):
        return ask_withdrawal(filing, by=Actor.of(person), reason=reason)


def grant(request: WithdrawalRequest, person: User, **options: object) -> Filing:
    with enter(scope_of(person)):
        return grant_withdrawal(request, by=Actor.of(person), **options)  # type: ignore[arg-type]


def refuse(request: WithdrawalRequest, person: User, answer: str = "数据无误") -> WithdrawalRequest:
    with enter(scope_of(person)):
        return refuse_withdrawal(request, by=Actor.of(person), answer=answer)


def outcome(request: WithdrawalRequest) -> str:
    request.refresh_from_db()
    return request.state


@pytest.mark.covers("S3-27", "S3-29")
def test_asking_moves_nothing_and_tells_the_tier_above(
    reported: Filing, hospital_clerk: User, city_reviewer: User
) -> None:
    before = reported.version

    request = ask(reported, hospital_clerk)

    reported.refresh_from_db()
    assert (reported.status, reported.version) == ("submitted", before)
    assert (request.state, request.reason, request.asked_by) == ("open", REASON, hospital_clerk)
    message = Message.objects.get(path=city_reviewer.path)
    assert "武昌区人民医院申请撤回" in message.title
    assert LogEntry.objects.filter(verb="申请撤回", path=reported.path).count() == 1


@pytest.mark.covers("S3-27", "S3-29")
def test_granting_returns_the_filing_with_a_deadline_in_one_event(
    reported: Filing, hospital_clerk: User, city_reviewer: User
) -> None:
    request = ask(reported, hospital_clerk)
    events = FilingEvent.objects.filter(filing=reported).count()
    deadline = timezone.now() + timedelta(days=2)

    grant(request, city_reviewer, deadline=deadline)

    reported.refresh_from_db()
    assert (reported.status, reported.correction_deadline) == ("returned", deadline)
    assert REASON in reported.return_reason
    assert FilingEvent.objects.filter(filing=reported).count() == events + 1
    assert outcome(request) == RequestState.GRANTED
    message = Message.objects.get(path=reported.path, title="撤回申请已同意")
    assert (message.kind, message.asks) == ("answer", False)


@pytest.mark.covers("S3-29")
def test_refusing_leaves_the_filing_and_says_why(
    reported: Filing, hospital_clerk: User, city_reviewer: User
) -> None:
    request = ask(reported, hospital_clerk)

    refuse(request, city_reviewer, "已经核对，数据无误")

    assert status_of(reported) == "submitted"
    assert (outcome(request), request.answer) == ("refused", "已经核对，数据无误")
    assert "已经核对" in Message.objects.get(path=reported.path).body
    assert LogEntry.objects.filter(verb="驳回撤回申请").count() == 1


def test_an_approved_report_may_be_asked_back(
    reported: Filing, hospital_clerk: User, city_reviewer: User
) -> None:
    act(Action.APPROVE, city_reviewer, reported)

    grant(ask(reported, hospital_clerk), city_reviewer)

    assert status_of(reported) == "returned"


def test_reasons_and_answers_are_needed(
    reported: Filing, hospital_clerk: User, city_reviewer: User
) -> None:
    with pytest.raises(ReasonMissing):
        ask(reported, hospital_clerk, "  ")
    with pytest.raises(ReasonMissing):
        refuse(ask(reported, hospital_clerk), city_reviewer, " ")


def test_a_filing_has_one_open_request(reported: Filing, hospital_clerk: User) -> None:
    first = ask(reported, hospital_clerk)

    with pytest.raises(ActionRefused, match="已经申请过撤回"):
        ask(reported, hospital_clerk)
    with (
        pytest.raises(IntegrityError, match="withdrawal_one_open_per_filing"),
        transaction.atomic(),
    ):
        WithdrawalRequest.objects.create(
            filing=reported,
            reason="又一次",
            asked_at=timezone.now(),
            asked_by=hospital_clerk,
            asked_by_name="王医办",
        )

    assert outcome(first) == "open"


def test_after_a_refusal_one_may_ask_again(
    reported: Filing, hospital_clerk: User, city_reviewer: User
) -> None:
    refuse(ask(reported, hospital_clerk), city_reviewer)

    again = ask(reported, hospital_clerk, "仍需修改")

    assert outcome(again) == "open"


@pytest.mark.covers("S3-28")
def test_the_parents_submit_closes_open_requests(
    on_request: Project, reported: Filing, hospital_clerk: User, city_reviewer: User, tree: Tree
) -> None:
    request = ask(reported, hospital_clerk)
    act(Action.APPROVE, city_reviewer, reported)
    city = filing_of(on_request, tree["420100"])

    act(Action.SUBMIT, city_reviewer, city, confirmed=True)

    assert outcome(request) == RequestState.OVERTAKEN
    assert request.outcome.label == "上级已提交"
    with pytest.raises(RequestDecided, match="上级已提交"):
        grant(request, city_reviewer)
    with pytest.raises(ActionRefused, match="锁定"):
        ask(reported, hospital_clerk)


def test_a_return_by_the_tier_above_closes_the_request(
    reported: Filing, hospital_clerk: User, city_reviewer: User
) -> None:
    request = ask(reported, hospital_clerk)

    act(Action.RETURN, city_reviewer, reported, reason="数量有误")

    assert outcome(request) == RequestState.RETURNED


def test_others_neither_ask_nor_decide(
    reported: Filing,
    hospital_clerk: User,
    city_reviewer: User,
    province_officer: User,
    neighbour_officer: User,
) -> None:
    with pytest.raises(NotYourTurn):
        ask(reported, city_reviewer)
    request = ask(reported, hospital_clerk)
    with pytest.raises(NotYourTurn):
        grant(request, province_officer)
    with pytest.raises(NotYourTurn):
        refuse(request, province_officer)
    with pytest.raises(Filing.DoesNotExist):
        refuse(request, neighbour_officer)


@pytest.mark.parametrize("policy", ["direct", "none"])
def test_only_the_policy_on_request_knows_requests(
    policy: str, tree: Tree, country: object, paper: Paper, hospital_clerk: User
) -> None:
    project = planted([tree["H42010600001"]], institution_withdrawal=policy)
    filing = filing_of(project, hospital_clerk)
    put(Status.SUBMITTED, filing)

    with pytest.raises(ActionRefused, match="本项目不允许申请撤回"):
        ask(filing, hospital_clerk)


def test_what_was_decided_never_changes(
    reported: Filing, hospital_clerk: User, city_reviewer: User
) -> None:
    request = refuse(ask(reported, hospital_clerk), city_reviewer)

    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        WithdrawalRequest.objects.filter(pk=request.pk).update(answer="改口")
    with pytest.raises(RequestDecided, match="已驳回"):
        grant(request, city_reviewer)
