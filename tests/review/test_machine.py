"""The law of the review chain, row by row: what is legal is listed here by hand, everything else is refused."""

from itertools import product

import pytest

from apps.review.domain.machine import TRANSITIONS
from apps.review.domain.why.obstacles import refusal
from apps.review.domain.why.possible import asking_refusal, available
from apps.review.domain.why.situation import Situation
from apps.review.models.statuses import EDITABLE, Action, Status

LEGAL = {
    ("draft", "submit", "submitted"),
    ("returned", "submit", "submitted"),
    ("submitted", "withdraw", "draft"),
    ("submitted", "approve", "approved"),
    ("approved", "unapprove", "submitted"),
    ("submitted", "return", "returned"),
    ("approved", "return", "returned"),
    ("submitted", "grant", "returned"),
    ("approved", "grant", "returned"),
    ("draft", "report_for", "approved"),
    ("returned", "report_for", "approved"),
    ("draft", "lapse", "lapsed"),
    ("returned", "lapse", "lapsed"),
    ("draft", "restore", "submitted"),
    ("returned", "restore", "submitted"),
    ("lapsed", "supplement", "draft"),
    ("draft", "substitute", "submitted"),
    ("submitted", "undo_substitute", "draft"),
    ("submitted", "correct", "returned"),
    ("approved", "correct", "returned"),
    ("submitted", "add", "returned"),
    ("approved", "add", "returned"),
    ("draft", "exclude", "excluded"),
    ("returned", "exclude", "excluded"),
    ("lapsed", "exclude", "excluded"),
    ("draft", "conclude", "approved"),
    ("returned", "conclude", "approved"),
    ("approved", "reopen", "draft"),
    ("draft", "settle", "lapsed"),
    ("returned", "settle", "lapsed"),
    ("lapsed", "unsettle", "draft"),
}
PARTY = {
    "submit": "filer",
    "withdraw": "filer",
    "approve": "reviewer",
    "unapprove": "reviewer",
    "return": "reviewer",
    "grant": "reviewer",
    "report_for": "reviewer",
    "lapse": "reviewer",
    "restore": "reviewer",
    "supplement": "opener",
    "substitute": "alliance",
    "undo_substitute": "alliance",
    "correct": "alliance",
    "add": "alliance",
    "exclude": "opener",
    "conclude": "alliance",
    "reopen": "alliance",
    "settle": "superior",
    "unsettle": "superior",
}
REASONED = {"return", "supplement", "correct", "add", "exclude", "reopen", "settle", "unsettle"}


class FreePolicies:
    institution_withdrawal = "direct"
    bureau_withdrawal = "direct"


class OnRequest:
    institution_withdrawal = "on_request"
    bureau_withdrawal = "on_request"


def allowing(action: Action) -> "FreePolicies | OnRequest":
    """Policies under which nothing but the filing could stand in the way."""
    return OnRequest() if action == Action.GRANT else FreePolicies()


class StrictPolicies:
    institution_withdrawal = "none"
    bureau_withdrawal = "on_request"


def situation(status: Status = Status.DRAFT, **changes: bool) -> Situation:
    facts = {
        "is_institution": True,
        "is_root": False,
        "branch_frozen": False,
        "reported_once": False,
        "substituted": False,
        "is_open": True,
        "is_over": False,
        "reviewer_is_open": True,
    }
    return Situation(status=status, **{**facts, **changes})


def favourable(status: Status, action: Action) -> Situation:
    """A situation in which nothing but the status could stand in the way."""
    return situation(
        status,
        is_institution=action not in (Action.CONCLUDE, Action.REOPEN),
        is_root=action in (Action.CONCLUDE, Action.REOPEN),
        reported_once=action == Action.RESTORE,
        substituted=action == Action.UNDO_SUBSTITUTE,
        withdrawal_asked=action == Action.GRANT,
        maintained=action == Action.REPORT_FOR,
        settled=action == Action.UNSETTLE,
        is_over=action in (Action.LAPSE, Action.RESTORE, Action.SUBSTITUTE),
    )


@pytest.mark.parametrize(("status", "action"), list(product(Status, Action)))
def test_only_the_listed_moves_are_legal(status: Status, action: Action) -> None:
    refused = refusal(action, favourable(status, action), allowing(action))

    target = TRANSITIONS[action].target
    assert (refused is None) == ((status.value, action.value, target.value) in LEGAL)


def test_every_action_has_its_party_and_reason() -> None:
    assert {action.value: law.party for action, law in TRANSITIONS.items()} == PARTY
    assert {a.value for a, law in TRANSITIONS.items() if law.reason_required} == REASONED


@pytest.mark.parametrize("action", list(Action))
def test_nothing_moves_below_a_frozen_ancestor(action: Action) -> None:
    (source, *_rest) = sorted(TRANSITIONS[action].sources)
    free = favourable(source, action)
    frozen = Situation(
        **{**{f: getattr(free, f) for f in Situation.__slots__}, "branch_frozen": True}
    )

    assert refusal(action, free, allowing(action)) is None
    assert "锁定" in str(refusal(action, frozen, allowing(action)))


@pytest.mark.covers("S1-47", "S0-27")
@pytest.mark.parametrize(("is_institution", "policies"), list(product([True, False], [0, 1])))
def test_withdrawal_follows_the_policy_of_the_tier(is_institution: bool, policies: int) -> None:
    filing = situation(Status.SUBMITTED, is_institution=is_institution)

    refused = refusal(Action.WITHDRAW, filing, [FreePolicies(), StrictPolicies()][policies])

    assert (refused is None) == (policies == 0)


@pytest.mark.covers("S0-08")
@pytest.mark.parametrize("action", [Action.SUBMIT, Action.WITHDRAW])
def test_filers_are_bound_by_their_own_window(action: Action) -> None:
    (source, *_rest) = sorted(TRANSITIONS[action].sources)

    assert refusal(action, situation(source, is_open=False), FreePolicies()) == "不在可操作时间内"


@pytest.mark.covers("S0-08", "S0-05", "S0-06")
@pytest.mark.parametrize("action", [Action.APPROVE, Action.UNAPPROVE, Action.RETURN])
def test_reviewers_are_bound_by_theirs_not_the_filers(action: Action) -> None:
    (source, *_rest) = sorted(TRANSITIONS[action].sources)

    outside = situation(source, reviewer_is_open=False)
    after_filling = situation(source, is_open=False, is_over=True)

    assert refusal(action, outside, FreePolicies()) == "不在审核时间内"
    assert refusal(action, after_filling, FreePolicies()) is None


def test_an_upper_tier_acting_for_a_lower_one_is_not_bound_by_the_lower_window() -> None:
    closed = situation(Status.DRAFT, is_institution=False, is_open=False)

    assert refusal(Action.SUBMIT, closed, FreePolicies()) is not None
    assert refusal(Action.SUBMIT, closed, FreePolicies(), for_lower_tier=True) is None


def test_nothing_lapses_while_it_can_still_be_reported() -> None:
    assert refusal(Action.LAPSE, situation(), FreePolicies()) == "填报时间尚未结束"


def test_bureaus_never_lapse_and_only_the_root_concludes() -> None:
    bureau = situation(is_institution=False, is_open=False, is_over=True)

    assert refusal(Action.LAPSE, bureau, FreePolicies()) is not None
    assert refusal(Action.CONCLUDE, bureau, FreePolicies()) is not None
    assert refusal(Action.SUBMIT, situation(is_institution=False, is_root=True), FreePolicies())


def test_only_reported_filings_are_restored_and_only_unreported_ones_substituted() -> None:
    over = {"is_open": False, "is_over": True}

    assert refusal(Action.RESTORE, situation(**over), FreePolicies()) is not None
    reported = situation(reported_once=True, **over)
    assert refusal(Action.SUBSTITUTE, reported, FreePolicies()) is not None


def test_buttons_are_the_legal_actions_of_the_party() -> None:
    submitted = situation(Status.SUBMITTED)

    assert available(submitted, FreePolicies(), frozenset({"reviewer"})) == [
        Action.APPROVE,
        Action.RETURN,
    ]
    assert available(submitted, FreePolicies(), frozenset({"filer"})) == [Action.WITHDRAW]
    assert available(submitted, FreePolicies(), frozenset()) == []


def test_editable_statuses_are_those_a_filer_may_report_from() -> None:
    assert TRANSITIONS[Action.SUBMIT].sources == EDITABLE == {Status.DRAFT, Status.RETURNED}


@pytest.mark.parametrize("action", [Action.LAPSE, Action.RESTORE])
def test_acting_for_a_lower_tier_does_not_cut_the_filers_time_short(action: Action) -> None:
    reporting = situation(Status.RETURNED, reported_once=True)
    over = situation(Status.RETURNED, reported_once=True, is_open=False, is_over=True)

    refused = refusal(action, reporting, FreePolicies(), for_lower_tier=True)

    assert refused == "填报时间尚未结束"
    assert refusal(action, over, FreePolicies(), for_lower_tier=True) is None


@pytest.mark.covers("S3-27", "S3-28")
@pytest.mark.parametrize("status", list(Status))
def test_withdrawal_may_be_asked_for_where_it_could_be_granted(status: Status) -> None:
    filing = situation(status)
    frozen = situation(status, branch_frozen=True)

    reported = status in (Status.SUBMITTED, Status.APPROVED)
    assert (asking_refusal(filing, OnRequest()) is None) == reported
    assert asking_refusal(frozen, OnRequest()) is not None
    assert asking_refusal(filing, FreePolicies()) is not None


def test_withdrawal_is_asked_for_once() -> None:
    asked = situation(Status.SUBMITTED, withdrawal_asked=True)

    assert asking_refusal(asked, OnRequest()) == "已经申请过撤回，请等待上级处理"


def test_nobody_grants_what_nobody_asked() -> None:
    assert refusal(Action.GRANT, situation(Status.SUBMITTED), OnRequest()) is not None


@pytest.mark.covers("S2-10")
def test_only_where_the_province_fills_in_it_reports_for_others() -> None:
    assert refusal(Action.REPORT_FOR, situation(maintained=True), FreePolicies()) is None
    assert refusal(Action.REPORT_FOR, situation(), FreePolicies()) is not None
