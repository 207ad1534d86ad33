"""A second account of an enterprise that is known already: the enterprise or the alliance confirms it first.

Invariants: a province gives no account to an enterprise that has one elsewhere, or that won something, before somebody
who speaks for the enterprise, or the alliance, has said that it is so; the database holds it for the accounts.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from apps.accounts.domain import approvals
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import Case, Matter, register_case
from apps.accounts.domain.reads import being_issued
from apps.accounts.models import Approval, ApprovalKind, Outcome, SheetKind, User
from apps.accounts.models.roles import Permission, Role
from apps.distribution.models import DistributorAccount
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.organizations.domain.phones import masked
from apps.organizations.models import Enterprise
from apps.projects.models import WinningProduct
from apps.scope.context import whole_country

KEPT = timedelta(days=30)
KIND = ApprovalKind.DISTRIBUTOR
KNOWN = "who else knows an enterprise, to be confirmed"


def to_be_confirmed(rows: Iterable[DistributorAccount]) -> set[int]:
    """Those of these not yet issued distributors that somebody has to confirm first; enterprises are locked."""
    by_enterprise = {row.enterprise_id: row.pk for row in rows}
    if not by_enterprise:
        return set()
    locked = Enterprise.objects.filter(pk__in=by_enterprise).order_by("pk")
    list(locked.select_for_update(no_key=True).values_list("pk"))
    wanted = {(by_enterprise[enterprise], enterprise) for enterprise in known(by_enterprise)}
    ready = Approval.objects.filter(kind=KIND, subject_id__in=by_enterprise.values()).ready()
    confirmed = set(ready.values_list("subject_id", "enterprise_id"))
    return {pk for pk, _enterprise in wanted - confirmed}


def known(enterprise_ids: Collection[int]) -> set[int]:
    """Which of these enterprises have an account, whoever issued it, or have won something."""
    with whole_country(reason=KNOWN):
        users = User.objects.filter(enterprise__in=enterprise_ids)
        winners = WinningProduct.objects.filter(enterprise__in=enterprise_ids)
        held = set(users.values_list("enterprise_id", flat=True))
        return held | set(winners.values_list("enterprise_id", flat=True))


@transaction.atomic
def ask_confirmations(*, by: Actor, ids: Collection[int]) -> set[int]:
    """Ask for those of the author's not yet issued distributors that need it. Returns those that now wait.

    Raises `ApprovalRefused`.
    """
    own = DistributorAccount.objects.filter(pk__in=ids, province=by.organization).unissued()
    rows = {row.pk: row for row in own.select_related("enterprise", "province")}
    waiting = to_be_confirmed(rows.values())
    for pk in sorted(waiting):
        approvals.lapse(KIND, pk)
    there = Approval.objects.filter(kind=KIND, subject_id__in=waiting, spent_at__isnull=True)
    open_ones = there.filter(outcome__in=["", Outcome.APPROVED])
    asked = waiting - set(open_ones.values_list("subject_id", flat=True))
    for pk in sorted(asked):
        _ask(by, rows[pk])
    return waiting


def _ask(by: Actor, row: DistributorAccount) -> None:
    enterprise = row.enterprise
    title = f"{row.province.name}为 {enterprise.name}（{enterprise.uscc}）发放配送企业账号"
    told = [
        ("发放单位", row.province.name),
        ("法人", row.legal_representative),
        ("被授权人", row.authorized_person),
        ("联系电话", masked(row.phone)),
    ]
    content = {"told": told}
    matter = Matter(KIND, row.pk, row.path, title[:200], content, enterprise_id=enterprise.pk)
    approvals.ask(by=by, matter=matter)
    with whole_country(reason=KNOWN):
        mains = User.objects.main_accounts().filter(enterprise=enterprise, is_active=True)
        paths = list(mains.values_list("path", flat=True))
    body = f"{title}。账号只能看到该省范围内的业务。请核对被授权人 {row.authorized_person} 后批准或不批准。"
    url = reverse("accounts:approval_list")
    letters = [Letter(path, "请确认配送企业账号", body, url) for path in paths]
    send_letters(letters, kind=MessageKind.ACCOUNT, by=by)


def spend_confirmations(ids: Collection[int], *, by: Actor) -> None:
    """The accounts are about to be tied: what was confirmed for them is used up."""
    ready = Approval.objects.filter(kind=KIND, subject_id__in=ids).ready()
    for pk in ready.values_list("pk", flat=True):
        approvals.spend_one(by=by, pk=pk, kind=KIND, whoever=True)


def _may_decide(asked: Approval, user: User) -> bool:
    """The alliance, or the main account of the enterprise itself."""
    if user.role == Role.ALLIANCE:
        return user.has(Permission.MANAGE_ACCOUNTS)
    return user.is_main_account and user.enterprise_id == asked.enterprise_id


def _place(_asked: Approval) -> str:
    return f"{reverse('distribution:distributor_list')}?issued=0"


def drop_confirmation(pk: int) -> None:
    """The distributor is another enterprise now, or gone: what was asked for it is void."""
    rows = Approval.objects.of(KIND, pk).filter(spent_at__isnull=True)
    rows.filter(outcome__in=["", Outcome.APPROVED]).update(outcome=Outcome.EXPIRED)


def with_confirmation(rows: QuerySet[DistributorAccount]) -> QuerySet[DistributorAccount]:
    """Each with `is_asked` (a confirmation is waited for), `is_confirmed` (it may be issued now), `is_being_issued`."""
    about: Any = Approval.objects.filter(kind=KIND, subject_id=OuterRef("pk"))
    return rows.annotate(
        is_asked=Exists(about.waiting()),
        is_confirmed=Exists(about.ready()),
        is_being_issued=Q(pk__in=being_issued(SheetKind.DISTRIBUTORS)),
    )


register_case(KIND, Case(_may_decide, place=_place, kept=KEPT))
