"""What the law has against an act now, each as a clause in Chinese. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from apps.review.domain.machine import (
    TRANSITIONS,
    Timing,
    Transition,
    kind_of,
    withdrawal_is_direct,
    withdrawal_is_on_request,
)
from apps.review.domain.why.situation import Policies, Situation
from apps.review.models.statuses import Action


class Cause(StrEnum):
    """What kind of thing stands in the way of an act."""

    KIND = "对象"
    STATE = "状态"
    FROZEN = "锁定"
    POLICY = "规则"
    TIME = "时间"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing that stands in the way, as a clause in Chinese."""

    cause: Cause
    clause: str


def obstacles(
    action: Action, filing: Situation, policies: Policies, *, for_lower_tier: bool = False
) -> list[Obstacle]:
    """Everything that the law has against `action` now, in the order in which it is told.

    `for_lower_tier`: an upper tier acts in the party's place (上级代办); windows of that party don't bind it.
    The filer's own time to report is nobody's to cut short.
    """
    law = TRANSITIONS[action]
    found = list(by_state(law, action.label, filing, policies))
    bound = not for_lower_tier or law.timing == "own_over"
    if bound and (clause := _by_time(law.timing, filing)):
        found.append(Obstacle(Cause.TIME, clause))
    return found


def refusal(
    action: Action, filing: Situation, policies: Policies, *, for_lower_tier: bool = False
) -> str | None:
    """Why `action` can't be taken now, as a clause in Chinese; `None` if it can."""
    found = obstacles(action, filing, policies, for_lower_tier=for_lower_tier)
    return found[0].clause if found else None


def by_state(
    law: Transition, verb: str, filing: Situation, policies: Policies
) -> Iterator[Obstacle]:
    """What its kind, its status, its branch and the policies have against it."""
    if kind_of(filing) not in law.kinds:
        yield Obstacle(Cause.KIND, f"该单位不适用“{verb}”")
        return
    if filing.status not in law.sources or not law.only_if(filing):
        yield Obstacle(Cause.STATE, f"当前为“{filing.status.label}”，不能{verb}")
    if filing.branch_frozen:
        yield Obstacle(Cause.FROZEN, "上级已提交，数据已锁定；需要修改时请由上级退回")
    if not law.policy(policies, filing):
        asks = law.policy is withdrawal_is_direct and withdrawal_is_on_request(policies, filing)
        told = "本项目不能直接撤回，需要修改时请申请撤回" if asks else f"本项目不允许{verb}"
        yield Obstacle(Cause.POLICY, told)


def _by_time(timing: Timing, filing: Situation) -> str | None:
    if timing == "own_or_deadline" and not filing.is_open:
        return "不在可操作时间内"
    if timing == "own_over" and not filing.is_over:
        return "填报时间尚未结束"
    if timing == "reviewer" and not filing.reviewer_is_open:
        return "不在审核时间内"
    return None
