"""The law of delivery relations: one table of transitions, and who may take which one when. Pure.

Everything derives from `TRANSITIONS`: buttons, refusals, events, letters, the state diagram and the tests. One row
holds all that is known of one action.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from apps.distribution.models.relation_statuses import ANSWERED, COUNTED, LIVE, Action, Status
from apps.review.domain.acts import Act, Reason

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


@dataclass(frozen=True, slots=True, kw_only=True)
class RelationAct(Act):
    """An act on relations. `leads`: the page's filled button. `told`: what a letter says was done, where it is told.

    Told are the other side and, by a manufacturer after an agreement, its own side too; proposals and answers are
    counted in 待办 instead.
    """

    leads: bool = False
    told: str = ""


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the law, with its act. `hindrance` says in a clause why a relation is not moved; empty if it is.

    `reason_from`: the statuses from which a reason is needed. `asks_dependents`: whether something in force rests on
    the relation is asked before.
    """

    sources: frozenset[Status]
    target: Status
    party: Party
    reason_from: frozenset[Status] = frozenset()
    hindrance: Callable[[Situation], str] = anything
    asks_dependents: bool = False
    act: RelationAct = field(kw_only=True)

    @property
    def proposes(self) -> bool:
        """Whether it asks the distributor, for the first time or anew."""
        return self.target == Status.SUBMITTED and self.party == "manufacturer"


LONGEST_REASON = 200
SUBMITTED = frozenset({Status.SUBMITTED})

TRANSITIONS: Mapping[Action, Transition] = MappingProxyType(
    {
        Action.SUBMIT: Transition(
            frozenset({Status.DRAFT}),
            Status.SUBMITTED,
            "manufacturer",
            hindrance=usable,
            act=RelationAct(
                icon="send",
                effect="提交给配送企业答复；提交后产品、地区和配送企业不能再改，可以作废。",
                leads=True,
            ),
        ),
        Action.AGREE: Transition(
            SUBMITTED,
            Status.AGREED,
            "distributor",
            hindrance=usable,
            act=RelationAct(
                icon="check",
                effect="同意为生产企业配送；生产企业、医疗机构和医保部门随即可见。",
                leads=True,
            ),
        ),
        Action.REFUSE: Transition(
            SUBMITTED,
            Status.REFUSED,
            "distributor",
            SUBMITTED,
            act=RelationAct(
                icon="ban",
                effect="拒绝配送；原因会告知生产企业，生产企业可以重新提交或另选。",
                is_final=True,
                reason=Reason(
                    longest=LONGEST_REASON, help_text="必填，最多 200 字，另一方会看到。"
                ),
            ),
        ),
        Action.RETRACT: Transition(
            ANSWERED,
            Status.SUBMITTED,
            "distributor",
            hindrance=free_to_answer_anew,
            asks_dependents=True,
            act=RelationAct(
                icon="arrow-back-up",
                effect="撤回已作的答复，配送关系回到“已提交”，生产企业会收到消息。",
                told="撤回了对配送关系的答复",
            ),
        ),
        Action.VOID: Transition(
            LIVE,
            Status.VOID,
            "manufacturer",
            reason_from=frozenset({Status.AGREED}),
            act=RelationAct(
                icon="circle-x",
                effect="作废后配送企业不再配送；已同意的必须填写原因，双方都会收到消息，相关协议会标出。",
                is_final=True,
                reason=Reason(
                    longest=LONGEST_REASON,
                    help_text="作废已同意的配送关系时必填，最多 200 字，另一方会看到。",
                ),
                told="作废了配送关系",
            ),
        ),
        Action.RESUBMIT: Transition(
            frozenset({Status.REFUSED, Status.VOID}),
            Status.SUBMITTED,
            "manufacturer",
            hindrance=usable_and_not_replaced,
            act=RelationAct(
                icon="refresh",
                effect="被拒绝或已作废的配送关系重新提交给配送企业答复。",
                leads=True,
            ),
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


def takes_a_place(action: Action, source: Status) -> bool:
    """Whether the action makes a relation count that did not: only then limits and overlaps are asked."""
    return TRANSITIONS[action].target in COUNTED and source not in COUNTED
