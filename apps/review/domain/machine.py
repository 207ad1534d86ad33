"""The law of the review chain: one table of transitions, and who may take which one when. Pure.

Everything derives from `TRANSITIONS`: buttons, forms, permissions, messages, the state diagram and the tests. One row
holds all that is known of one action: when it is legal, what it checks and writes, how pages offer it.
A *branch* is frozen for a filing when any of its ancestors is submitted or approved; no transition moves a
filing in a frozen branch, and no line, total or file below a submitted or approved filing changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from apps.review.domain.acts import FilingAct, Reason
from apps.review.domain.why.situation import Policies, Situation
from apps.review.models.statuses import EDITABLE, FROZEN, Action, Status

Party = Literal["filer", "reviewer", "superior", "opener", "alliance", "system"]
Check = Literal["complete", "gate", "sheet"]
Signature = Literal["reporter", "reviewer"]
Timing = Literal["own_or_deadline", "own_over", "reviewer"] | None


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
    """One row of the law, with its act. `kinds` says which filings it moves: institutions', bureaus', the root's.

    `checks`: what must hold beside the law: what is reported is complete, the units below are settled, the signed
    sheet was looked at. `signs`: whose name and moment stay on the filing. `substituted`: what the mark of a 系统代分
    becomes, `None` if it stays. `restores`: the lines go back to what was last reported. `one_by_one`: a project that
    wants filings reviewed one by one (S3-13) lets nobody do it to many at once. `is_part`: it is done by an act on the
    whole project, or on a unit, whose one line in the log tells it. `recuses`: a project that wants it (审核回避) lets
    nobody do it to what they filled in or reported themselves. `settles`: the reason is what became of the unit, and
    stands in the status.
    """

    sources: frozenset[Status]
    target: Status
    party: Party
    policy: Callable[[Policies, Situation], bool] = always
    reason_required: bool = False
    timing: Timing = None
    kinds: frozenset[str] = frozenset({"institution", "bureau"})
    only_if: Callable[[Situation], bool] = lambda _filing: True
    checks: frozenset[Check] = frozenset()
    signs: frozenset[Signature] = frozenset()
    substituted: bool | None = None
    restores: bool = False
    one_by_one: bool = False
    is_part: bool = False
    recuses: bool = False
    settles: bool = False
    act: FilingAct = field(kw_only=True)

    @property
    def confirms_open(self) -> bool:
        """Whether what is still open below is confirmed in numbers first."""
        return "gate" in self.checks


SUBMITTED = frozenset({Status.SUBMITTED})
INSTITUTIONS = frozenset({"institution"})
BUREAUS = frozenset({"bureau"})
ROOT = frozenset({"root"})
REPORTER: frozenset[Signature] = frozenset({"reporter"})
REVIEWER: frozenset[Signature] = frozenset({"reviewer"})
ELSEWHERE = FilingAct(place="elsewhere")

TRANSITIONS: Mapping[Action, Transition] = MappingProxyType(
    {
        Action.SUBMIT: Transition(
            EDITABLE,
            Status.SUBMITTED,
            "filer",
            timing="own_or_deadline",
            checks=frozenset({"complete", "gate"}),
            signs=REPORTER,
            substituted=False,
            act=FilingAct(
                icon="send",
                word="提交",
                effect="将代{name}提交上级{package}；提交后该单位及其下级的数据全部锁定。",
                proves=True,
                own_page=INSTITUTIONS | BUREAUS,
                in_place=BUREAUS,
            ),
        ),
        Action.WITHDRAW: Transition(
            SUBMITTED,
            Status.DRAFT,
            "filer",
            policy=withdrawal_is_direct,
            timing="own_or_deadline",
            act=FilingAct(
                icon="arrow-back-up",
                effect="将撤回{name}的上报{package}；撤回后可以继续修改，需要重新上报。",
                own_page=INSTITUTIONS,
            ),
        ),
        Action.APPROVE: Transition(
            SUBMITTED,
            Status.APPROVED,
            "reviewer",
            timing="reviewer",
            checks=frozenset({"sheet"}),
            signs=REVIEWER,
            one_by_one=True,
            recuses=True,
            act=FilingAct(
                icon="check",
                effect="将审核通过{name}的申报{package}。",
                proves=True,
                onward="通过并下一家",
                place="head",
                in_place=INSTITUTIONS | BUREAUS,
                in_batch=True,
                ticks_rows=True,
            ),
        ),
        Action.UNAPPROVE: Transition(
            frozenset({Status.APPROVED}),
            Status.SUBMITTED,
            "reviewer",
            timing="reviewer",
            signs=REVIEWER,
            act=FilingAct(icon="rotate-2", effect="将取消{name}的审核通过{package}，回到待审核。"),
        ),
        # Approved units can't be ticked (S0-20), so a batch return takes units that wait for review. A return in
        # place of a lower tier is 退到机构, hop by hop. It is completed by 确定 (S0-21).
        Action.RETURN: Transition(
            FROZEN,
            Status.RETURNED,
            "reviewer",
            timing="reviewer",
            reason_required=True,
            signs=REVIEWER,
            one_by_one=True,
            act=FilingAct(
                icon="arrow-back-up",
                effect="将退回{name}的申报{package}；更正截止前可以修改并重新上报。",
                confirm="确定",
                is_final=True,
                reason=Reason("退回原因"),
                onward="退回并下一家",
                place="head",
                in_batch=True,
                names_lines=True,
            ),
        ),
        # A withdrawal request is answered, granted or not, where its reason stands.
        Action.GRANT: Transition(
            FROZEN,
            Status.RETURNED,
            "reviewer",
            policy=withdrawal_is_on_request,
            timing="reviewer",
            only_if=lambda filing: filing.withdrawal_asked,
            signs=REVIEWER,
            act=ELSEWHERE,
        ),
        Action.REPORT_FOR: Transition(
            EDITABLE,
            Status.APPROVED,
            "reviewer",
            timing="reviewer",
            kinds=INSTITUTIONS,
            only_if=lambda filing: filing.maintained,
            checks=frozenset({"complete"}),
            signs=REPORTER | REVIEWER,
            substituted=False,
            recuses=True,
            act=FilingAct(
                icon="send",
                effect="将代{name}上报{package}并直接审核通过，审核记录中注明为代报。",
                proves=True,
                in_batch=True,
                ticks_rows=True,
            ),
        ),
        Action.LAPSE: Transition(
            EDITABLE,
            Status.LAPSED,
            "reviewer",
            timing="own_over",
            kinds=INSTITUTIONS,
            act=FilingAct(
                icon="ban",
                effect="将把{name}计为未报：本次数量按 0 处理，占用了产能的一并释放。",
                is_final=True,
                in_place=INSTITUTIONS,
                in_batch=True,
                ticks_rows=True,
                piles=frozenset({"once", "never"}),
                zero_word="计零",
            ),
        ),
        Action.RESTORE: Transition(
            EDITABLE,
            Status.SUBMITTED,
            "reviewer",
            timing="own_over",
            kinds=INSTITUTIONS,
            only_if=lambda filing: filing.reported_once or filing.substituted,
            restores=True,
            act=FilingAct(
                icon="history",
                effect="将恢复{name}上次上报的数据，回到待审核。",
                in_place=INSTITUTIONS,
                in_batch=True,
                ticks_rows=True,
                piles=frozenset({"once"}),
            ),
        ),
        Action.SUPPLEMENT: Transition(
            frozenset({Status.LAPSED}),
            Status.DRAFT,
            "opener",
            reason_required=True,
            kinds=INSTITUTIONS,
            is_part=True,
            act=FilingAct(
                icon="calendar-time",
                effect="将为{name}开放补报，补报截止前可以填报并上报。",
                reason=Reason("补报原因", longest=300),
                piles=frozenset({"once", "never", "lapsed"}),
                gives_time=True,
                lifts=True,
            ),
        ),
        Action.SUBSTITUTE: Transition(
            frozenset({Status.DRAFT}),
            Status.SUBMITTED,
            "alliance",
            timing="own_over",
            kinds=INSTITUTIONS,
            only_if=lambda filing: not filing.reported_once,
            signs=REPORTER,
            substituted=True,
            act=ELSEWHERE,
        ),
        Action.UNDO_SUBSTITUTE: Transition(
            SUBMITTED,
            Status.DRAFT,
            "alliance",
            kinds=INSTITUTIONS,
            only_if=lambda filing: filing.substituted,
            substituted=False,
            act=FilingAct(icon="rotate-2", effect="将撤销{name}的系统代分，回到填报中。"),
        ),
        # What an institution reported rests on a pack or a daily usage that was wrong (更正).
        Action.CORRECT: Transition(
            FROZEN,
            Status.RETURNED,
            "alliance",
            reason_required=True,
            signs=REVIEWER,
            is_part=True,
            act=ELSEWHERE,
        ),
        # An item came later (增补品规): only its line is asked for, what was reported may be restored.
        Action.ADD: Transition(
            FROZEN,
            Status.RETURNED,
            "alliance",
            reason_required=True,
            signs=REVIEWER,
            is_part=True,
            act=ELSEWHERE,
        ),
        Action.EXCLUDE: Transition(
            EDITABLE | {Status.LAPSED},
            Status.EXCLUDED,
            "opener",
            reason_required=True,
            kinds=INSTITUTIONS,
            act=FilingAct(
                icon="user-x",
                effect="将把{name}移出本项目：不再填报，不计入任何汇总；审核记录保留。",
                is_final=True,
                reason=Reason("移出原因"),
            ),
        ),
        Action.CONCLUDE: Transition(
            EDITABLE,
            Status.APPROVED,
            "alliance",
            kinds=ROOT,
            checks=frozenset({"gate"}),
            signs=REVIEWER,
            act=FilingAct(place="elsewhere", proves=True),
        ),
        Action.REOPEN: Transition(
            frozenset({Status.APPROVED}),
            Status.DRAFT,
            "alliance",
            reason_required=True,
            kinds=ROOT,
            is_part=True,
            act=ELSEWHERE,
        ),
        # The unit closed or merged (机构变更): what it didn't report counts as no report, and blocks nobody.
        Action.SETTLE: Transition(
            EDITABLE,
            Status.LAPSED,
            "superior",
            reason_required=True,
            kinds=INSTITUTIONS,
            is_part=True,
            settles=True,
            act=ELSEWHERE,
        ),
        Action.UNSETTLE: Transition(
            frozenset({Status.LAPSED}),
            Status.DRAFT,
            "superior",
            reason_required=True,
            kinds=INSTITUTIONS,
            only_if=lambda filing: filing.settled,
            is_part=True,
            act=ELSEWHERE,
        ),
    }
)
TAKING_BACK = frozenset(
    action
    for action, law in TRANSITIONS.items()
    if Status.APPROVED in law.sources and law.target != Status.APPROVED
)
"""After which what was approved is approved no more."""


def action_named(value: str) -> Action | None:
    """The action of the table that is stored under this name."""
    return next((action for action in TRANSITIONS if action.value == value), None)


def kind_of(filing: Situation) -> str:
    if filing.is_root:
        return "root"
    return "institution" if filing.is_institution else "bureau"
