"""The law of the review chain: one table of transitions, and who may take which one when. Pure.

Everything derives from `TRANSITIONS`: buttons, permissions, messages, the state diagram and the tests.
A *branch* is frozen for a filing when any of its ancestors is submitted or approved; no transition moves a
filing in a frozen branch, and no line, total or file below a submitted or approved filing changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal, Protocol

from apps.review.models.statuses import EDITABLE, FROZEN, Action, Status

Party = Literal["filer", "reviewer", "opener", "alliance", "system"]
Timing = Literal["own_or_deadline", "own_over", "reviewer"] | None


class Policies(Protocol):
    """The policies of a project that the machine asks for."""

    institution_withdrawal: str
    bureau_withdrawal: str


@dataclass(frozen=True, slots=True)
class Situation:
    """What the machine must know about one filing at one moment.

    `is_open`: the filing's own tier may act (own window, supplement or correction deadline).
    `is_over`: its own window has ended and neither a supplement nor a deadline keeps it open.
    `reviewer_is_open`: the same as `is_open` for the reviewer's filing; true where no window is set for it.
    `withdrawal_asked`: a request to withdraw waits for the tier above (policy `on_request`).
    `maintained`: the province fills in for the institution, which only reads.
    """

    status: Status
    is_institution: bool
    is_root: bool
    branch_frozen: bool
    reported_once: bool
    substituted: bool
    is_open: bool
    is_over: bool
    reviewer_is_open: bool
    withdrawal_asked: bool = False
    maintained: bool = False


def always(_policies: Policies, _filing: Situation) -> bool:
    return True


def withdrawal_is_direct(policies: Policies, filing: Situation) -> bool:
    policy = (
        policies.institution_withdrawal if filing.is_institution else policies.bureau_withdrawal
    )
    return policy == "direct"


def withdrawal_is_on_request(policies: Policies, filing: Situation) -> bool:
    policy = (
        policies.institution_withdrawal if filing.is_institution else policies.bureau_withdrawal
    )
    return policy == "on_request"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the law. `kinds` says which filings it moves: institutions', bureaus', the root's."""

    sources: frozenset[Status]
    target: Status
    party: Party
    policy: Callable[[Policies, Situation], bool] = always
    reason_required: bool = False
    timing: Timing = None
    kinds: frozenset[str] = frozenset({"institution", "bureau"})
    only_if: Callable[[Situation], bool] = lambda _filing: True


INSTITUTIONS = frozenset({"institution"})
ROOT = frozenset({"root"})

TRANSITIONS: Mapping[Action, Transition] = MappingProxyType(
    {
        Action.SUBMIT: Transition(EDITABLE, Status.SUBMITTED, "filer", timing="own_or_deadline"),
        Action.WITHDRAW: Transition(
            frozenset({Status.SUBMITTED}),
            Status.DRAFT,
            "filer",
            policy=withdrawal_is_direct,
            timing="own_or_deadline",
        ),
        Action.APPROVE: Transition(
            frozenset({Status.SUBMITTED}), Status.APPROVED, "reviewer", timing="reviewer"
        ),
        Action.UNAPPROVE: Transition(
            frozenset({Status.APPROVED}), Status.SUBMITTED, "reviewer", timing="reviewer"
        ),
        Action.RETURN: Transition(
            FROZEN, Status.RETURNED, "reviewer", timing="reviewer", reason_required=True
        ),
        Action.GRANT: Transition(
            FROZEN,
            Status.RETURNED,
            "reviewer",
            policy=withdrawal_is_on_request,
            timing="reviewer",
            only_if=lambda filing: filing.withdrawal_asked,
        ),
        Action.REPORT_FOR: Transition(
            EDITABLE,
            Status.APPROVED,
            "reviewer",
            timing="reviewer",
            kinds=INSTITUTIONS,
            only_if=lambda filing: filing.maintained,
        ),
        Action.LAPSE: Transition(
            EDITABLE, Status.LAPSED, "reviewer", timing="own_over", kinds=INSTITUTIONS
        ),
        Action.RESTORE: Transition(
            EDITABLE,
            Status.SUBMITTED,
            "reviewer",
            timing="own_over",
            kinds=INSTITUTIONS,
            only_if=lambda filing: filing.reported_once or filing.substituted,
        ),
        Action.SUPPLEMENT: Transition(
            frozenset({Status.LAPSED}),
            Status.DRAFT,
            "opener",
            reason_required=True,
            kinds=INSTITUTIONS,
        ),
        Action.SUBSTITUTE: Transition(
            frozenset({Status.DRAFT}),
            Status.SUBMITTED,
            "alliance",
            timing="own_over",
            kinds=INSTITUTIONS,
            only_if=lambda filing: not filing.reported_once,
        ),
        Action.UNDO_SUBSTITUTE: Transition(
            frozenset({Status.SUBMITTED}),
            Status.DRAFT,
            "alliance",
            kinds=INSTITUTIONS,
            only_if=lambda filing: filing.substituted,
        ),
        Action.EXCLUDE: Transition(
            EDITABLE | {Status.LAPSED},
            Status.EXCLUDED,
            "opener",
            reason_required=True,
            kinds=INSTITUTIONS,
        ),
        Action.CONCLUDE: Transition(EDITABLE, Status.APPROVED, "alliance", kinds=ROOT),
    }
)


SINGLE = frozenset({Action.APPROVE, Action.RETURN})
"""What a project that wants filings reviewed one by one (S3-13) lets nobody do to many at once."""


def kind_of(filing: Situation) -> str:
    if filing.is_root:
        return "root"
    return "institution" if filing.is_institution else "bureau"


def refusal(
    action: Action, filing: Situation, policies: Policies, *, for_lower_tier: bool = False
) -> str | None:
    """Why `action` can't be taken now, as a clause in Chinese; `None` if it can.

    `for_lower_tier`: an upper tier acts in the party's place (上级代办); windows of that party don't bind it.
    The filer's own time to report is nobody's to cut short.
    """
    law = TRANSITIONS[action]
    refused = _refused_by_state(law, action.label, filing, policies)
    if refused or (for_lower_tier and law.timing != "own_over"):
        return refused
    return _refused_by_time(law.timing, filing)


def asking_refusal(filing: Situation, policies: Policies) -> str | None:
    """Why 申请撤回 is refused. It moves nothing: it may be asked for where the tier above could grant it."""
    if filing.withdrawal_asked:
        return "已经申请过撤回，请等待上级处理"
    asked = replace(filing, withdrawal_asked=True)
    return _refused_by_state(TRANSITIONS[Action.GRANT], "申请撤回", asked, policies)


def _refused_by_state(
    law: Transition, verb: str, filing: Situation, policies: Policies
) -> str | None:
    if kind_of(filing) not in law.kinds:
        return f"该单位不适用“{verb}”"
    if filing.status not in law.sources or not law.only_if(filing):
        return f"当前为“{filing.status.label}”，不能{verb}"
    if filing.branch_frozen:
        return "上级已提交，数据已锁定；需要修改时请由上级退回"
    if not law.policy(policies, filing):
        if law is TRANSITIONS[Action.WITHDRAW] and withdrawal_is_on_request(policies, filing):
            return "本项目不能直接撤回，需要修改时请申请撤回"
        return f"本项目不允许{verb}"
    return None


def _refused_by_time(timing: Timing, filing: Situation) -> str | None:
    if timing == "own_or_deadline" and not filing.is_open:
        return "不在可操作时间内"
    if timing == "own_over" and not filing.is_over:
        return "填报时间尚未结束"
    if timing == "reviewer" and not filing.reviewer_is_open:
        return "不在审核时间内"
    return None


def available(filing: Situation, policies: Policies, parties: frozenset[Party]) -> list[Action]:
    """The actions that someone who stands as these parties to the filing may take now."""
    return [
        action
        for action, law in TRANSITIONS.items()
        if law.party in parties and refusal(action, filing, policies) is None
    ]
