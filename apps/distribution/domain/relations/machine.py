"""The law of delivery relations: one table of transitions, and who may take which one when. Pure.

Everything derives from `TRANSITIONS`: buttons, refusals, events, the state diagram and the tests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from apps.distribution.models.relation_statuses import ANSWERED, COUNTED, LIVE, Action, Status

Party = Literal["manufacturer", "distributor"]


@dataclass(frozen=True, slots=True)
class Situation:
    """What the machine must know about one relation at one moment.

    `is_usable`: the distributor's account is issued and enabled. `is_replaced`: another live relation of the same
    product, distributor and area stands in its place. `is_bound`: an agreement in force rests on the answer.
    """

    status: Status
    is_usable: bool = True
    is_replaced: bool = False
    is_bound: bool = False


def anything(_relation: Situation) -> str:
    return ""


def usable(relation: Situation) -> str:
    return "" if relation.is_usable else "配送企业账号未启用，请更换配送企业"


def not_replaced(relation: Situation) -> str:
    return "同一产品、配送企业和地区已有有效的配送关系" if relation.is_replaced else ""


def usable_and_not_replaced(relation: Situation) -> str:
    return usable(relation) or not_replaced(relation)


def free_to_answer_anew(relation: Situation) -> str:
    if relation.is_bound:
        return "已有协议以此答复为依据，不能撤回答复"
    return not_replaced(relation)


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the law. `hindrance` says in a clause why a relation is not moved; empty if it is.

    `reason_from`: the statuses from which a reason is needed.
    """

    sources: frozenset[Status]
    target: Status
    party: Party
    reason_from: frozenset[Status] = frozenset()
    hindrance: Callable[[Situation], str] = anything


SUBMITTED = frozenset({Status.SUBMITTED})

TRANSITIONS: Mapping[Action, Transition] = MappingProxyType(
    {
        Action.SUBMIT: Transition(
            frozenset({Status.DRAFT}), Status.SUBMITTED, "manufacturer", hindrance=usable
        ),
        Action.AGREE: Transition(SUBMITTED, Status.AGREED, "distributor", hindrance=usable),
        Action.REFUSE: Transition(SUBMITTED, Status.REFUSED, "distributor", SUBMITTED),
        Action.RETRACT: Transition(
            ANSWERED, Status.SUBMITTED, "distributor", hindrance=free_to_answer_anew
        ),
        Action.VOID: Transition(
            LIVE, Status.VOID, "manufacturer", reason_from=frozenset({Status.AGREED})
        ),
        Action.RESUBMIT: Transition(
            frozenset({Status.REFUSED, Status.VOID}),
            Status.SUBMITTED,
            "manufacturer",
            hindrance=usable_and_not_replaced,
        ),
    }
)


def refusal(action: Action, relation: Situation) -> str:
    """Why `action` can't be taken now, as a clause in Chinese; empty if it can."""
    law = TRANSITIONS[action]
    if relation.status not in law.sources:
        return f"当前为“{relation.status.label}”，不能{action.label}"
    return law.hindrance(relation)


def available(relation: Situation, party: Party) -> list[Action]:
    """The actions that the manufacturer, or the distributor, may take now."""
    return [
        action
        for action, law in TRANSITIONS.items()
        if law.party == party and not refusal(action, relation)
    ]


def needs_reason(action: Action, source: Status) -> bool:
    return source in TRANSITIONS[action].reason_from


def may_need_reason(action: Action) -> bool:
    return bool(TRANSITIONS[action].reason_from)


def takes_a_place(action: Action, source: Status) -> bool:
    """Whether the action makes a relation count that did not: only then limits and overlaps are asked."""
    return TRANSITIONS[action].target in COUNTED and source not in COUNTED
