"""What one person asks for and another approves: asked, decided, carried out, each with its line in the log.

Invariants: nobody decides what they asked for, nor a main account what its sub-account asked; what is not decided and
carried out in time lapses. The database holds the same (`models.approval`).

What a kind of request means, its app registers when it is ready:

    register_case(ApprovalKind.ADDRESS, Case(may_decide=…, carry_out=…))
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import Approval, ApprovalKind, Outcome, User
from apps.audit.services import record
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.scope.paths import ROOT

KEPT = timedelta(days=3)
ALREADY = "同样的申请已经提交过，还没有办结。请到“双人审批”查看。"


class ApprovalRefused(Exception):
    """Nothing was asked or decided; the message is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of request: who may decide it, what follows at once, and how long it stands.

    Without `carry_out` who asked carries it out after the approval (`spend`), at the address that `place` gives.
    """

    may_decide: Callable[[Approval, User], bool]
    carry_out: Callable[[Actor, Approval], None] | None = None
    place: Callable[[Approval], str] = lambda _asked: ""
    kept: timedelta = KEPT


@dataclass(frozen=True, slots=True)
class Matter:
    """What is asked for: of which account, province or distributor, standing where, in one sentence."""

    kind: ApprovalKind
    subject_id: int
    path: str
    title: str
    content: dict[str, Any] = field(default_factory=dict)
    reason: str = ""
    enterprise_id: int | None = None


_cases: dict[str, Case] = {}


def register_case(kind: ApprovalKind, case: Case) -> None:
    """Once for each kind, when its app is ready."""
    _cases[kind] = case


@transaction.atomic
def ask(*, by: Actor, matter: Matter) -> Approval:
    """A request that waits for another person. Raises `ApprovalRefused`."""
    asker, now = _person(by), timezone.now()
    lapse(matter.kind, matter.subject_id)
    open_ones = Approval.objects.of(matter.kind, matter.subject_id)
    is_there = open_ones.filter(outcome__in=["", Outcome.APPROVED], spent_at__isnull=True)
    if matter.kind != ApprovalKind.ADMINISTRATOR and is_there.exists():
        raise ApprovalRefused(ALREADY)
    asked = Approval(
        kind=matter.kind,
        subject_id=matter.subject_id,
        path=matter.path,
        enterprise_id=matter.enterprise_id,
        title=matter.title,
        content=matter.content,
        reason=matter.reason,
        asked_by=asker,
        asked_by_name=name_of(by),
        asked_at=now,
        expires_at=now + _cases[matter.kind].kept,
    )
    try:
        with transaction.atomic():
            asked.save(force_insert=True)
    except IntegrityError as error:
        raise ApprovalRefused(ALREADY) from error
    _record(by, asked, "申请审批", f"申请{asked.title}{_because(asked.reason)}。")
    return asked


def lapse(kind: str, subject_id: int) -> None:
    """Close what was not decided or carried out in time."""
    rows = Approval.objects.of(kind, subject_id).filter(spent_at__isnull=True)
    rows.filter(outcome__in=["", Outcome.APPROVED], expires_at__lte=timezone.now()).update(
        outcome=Outcome.EXPIRED
    )


@transaction.atomic
def decide(*, by: Actor, pk: int, approve: bool, remark: str = "") -> Approval:
    """Approve or refuse what somebody else asked for. Raises `ApprovalRefused`, `Approval.DoesNotExist`."""
    decider = _person(by)
    rows = Approval.objects.select_for_update(of=("self",), no_key=True)
    asked: Approval = rows.select_related("asked_by").get(pk=pk)
    if not may_decide(asked, decider):
        raise ApprovalRefused("这项申请已经办结、已过期，或者不能由您批准，没有改动。")
    asked.outcome = Outcome.APPROVED if approve else Outcome.REFUSED
    asked.decided_by, asked.decided_by_name = decider, name_of(by)
    asked.decided_at, asked.remark = timezone.now(), remark.strip()[:200]
    asked.save(update_fields=["outcome", "decided_by", "decided_by_name", "decided_at", "remark"])
    word = "批准" if approve else "不批准"
    said = f"{word}{asked.asked_by_name}申请的事项：{asked.title}{_because(asked.remark)}。"
    _record(by, asked, f"{word}申请", said)
    carry_out = _cases[asked.kind].carry_out
    if approve and carry_out is not None:
        carry_out(by, asked)
        _spent(asked, on="")
    _tell_asker(by, asked, word)
    return asked


def may_decide(asked: Approval, user: User) -> bool:
    """Whether the account is another person than who asked, and one that decides this kind; wants `asked_by` read."""
    if asked.outcome or asked.expires_at <= timezone.now():
        return False
    return person_of(user) != person_of(asked.asked_by) and _cases[asked.kind].may_decide(
        asked, user
    )


def place_of(asked: Approval) -> str:
    """The address where who asked carries it out; "" where it is done with the approval."""
    return _cases[asked.kind].place(asked)


def person_of(user: User) -> int:
    """A main account and its sub-accounts are one: it can reset their passwords."""
    return user.parent_account_id or user.pk


def concerning(user: User) -> tuple[list[Approval], list[Approval]]:
    """What waits for this very account's decision, and what it asked for and carries out itself now; the oldest first.

    One statement.
    """
    own = Approval.objects.all().ready().filter(asked_by=user)
    rows = (Approval.objects.all().waiting() | own).select_related("asked_by")
    found = list(rows.order_by("asked_at", "pk")[:200])
    decides = [asked for asked in found if may_decide(asked, user)]
    return decides, [asked for asked in found if asked.is_ready and place_of(asked)]


def is_ready(*, by: Actor, kind: ApprovalKind, subject_id: int) -> bool:
    """Whether what the account asked for may be carried out now."""
    return Approval.objects.of(kind, subject_id).ready().filter(asked_by=_person(by)).exists()


def spend(*, by: Actor, kind: ApprovalKind, subject_id: int, on: str = "") -> bool:
    """Carry out what the same account asked for and another approved; False if there is no such approval.

    `on`: the hash that a reset allows.
    """
    ready = Approval.objects.of(kind, subject_id).ready().filter(asked_by=_person(by))
    asked = ready.select_for_update(of=("self",), no_key=True).first()
    if asked is None:
        return False
    _spent(asked, on=hashlib.sha256(on.encode()).hexdigest() if on else "")
    return True


def spend_one(*, by: Actor, pk: int, kind: ApprovalKind, whoever: bool = False) -> Approval:
    """The same of one request by its key; `whoever`: a colleague may carry it out. Raises `ApprovalRefused`."""
    ready = Approval.objects.filter(pk=pk, kind=kind).ready()
    if not whoever:
        ready = ready.filter(asked_by=_person(by))
    asked: Approval | None = ready.select_for_update(of=("self",), no_key=True).first()
    if asked is None:
        raise ApprovalRefused("这项申请没有批准、已经办理或已过期，没有改动。")
    _spent(asked, on="")
    return asked


def _spent(asked: Approval, *, on: str) -> None:
    asked.spent_at, asked.spent_on = timezone.now(), on
    asked.save(update_fields=["spent_at", "spent_on"])


def _tell_asker(by: Actor, asked: Approval, word: str) -> None:
    """A message to who asked; administrators have no inbox and find it in their list."""
    if asked.asked_by.is_staff:
        return
    body = (
        f"{asked.decided_by_name}{word}了您单位申请的事项：{asked.title}{_because(asked.remark)}。"
    )
    letter = Letter(
        asked.asked_by.path, f"{word}：{asked.title}", body, reverse("accounts:approval_list")
    )
    send_letters([letter], kind=MessageKind.ACCOUNT, by=by)


def name_of(by: Actor) -> str:
    """Unit and person, as requests and marks of resets call somebody."""
    user = _person(by)
    belongs = user.belongs_to() or user.get_role_display()
    return f"{belongs}（{user}）"[:200]


def _because(reason: str) -> str:
    return f"，说明：{reason}" if reason else ""


def _person(by: Actor) -> User:
    if by.user is None:
        raise ApprovalRefused("系统不能申请或批准。")
    return by.user


def _record(by: Actor, asked: Approval, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=asked.title,
        sentence=sentence,
        path=asked.path or ROOT,
        enterprise_id=asked.enterprise_id,
    )
