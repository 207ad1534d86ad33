"""A message to units chosen by what they are to a round: participants, who has not reported, winners; to provinces.

Invariant: it is counted for those whom it reaches; a unit without an account is named as such and gets nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, TextChoices

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.audit.services import record
from apps.notices.messages import Letter, send_to_all
from apps.notices.models import MessageKind
from apps.organizations.models import Organization
from apps.projects.models import Project, WinningProduct
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, Status
from apps.scope.paths import in_subtree

LONGEST_TITLE, LONGEST_BODY = 100, 900


class Addressee(TextChoices):
    """To whom."""

    PARTICIPANTS = "participants", "项目的全部参与单位"
    UNREPORTED = "unreported", "项目中尚未上报的单位"
    WINNERS = "winners", "项目的中选企业"
    PROVINCES = "provinces", "指定省份的全部单位"


NATIONAL = (Addressee.WINNERS, Addressee.PROVINCES)
"""The alliance's alone: enterprises and provinces hang below nobody else."""


class AddressRefused(Exception):
    """Nobody was written to; the message is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Addressed:
    """What became of it."""

    sent: int
    unreachable: int

    @property
    def in_words(self) -> str:
        more = (
            f"；另有 {self.unreachable:,} 家没有账号，没有送达，请用其他方式联系"
            if self.unreachable
            else ""
        )
        return f"消息已发给 {self.sent:,} 家{more}。"


def addressees_of(by: Actor) -> list[Addressee]:
    """Whom the account may write to."""
    is_national = by.user is not None and by.user.role == Role.ALLIANCE
    return [each for each in Addressee if is_national or each not in NATIONAL]


@transaction.atomic
def write_to(
    addressee: Addressee,
    *,
    by: Actor,
    title: str,
    body: str,
    project: Project | None = None,
    provinces: Sequence[Organization] = (),
) -> Addressed:
    """One message to each unit that is reached, and one log entry. Raises `AddressRefused`."""
    own = by.organization
    if own is None or not by.may(Permission.REVIEW) or addressee not in addressees_of(by):
        raise AddressRefused("您的账号不能向这些单位发消息。")
    if addressee == Addressee.PROVINCES and not provinces:
        raise AddressRefused("请至少勾选一个省份。")
    if addressee != Addressee.PROVINCES and project is None:
        raise AddressRefused("请选择项目。")
    paths, everybody = _reached(addressee, own.path, project, provinces)
    if not paths:
        raise AddressRefused("没有收得到消息的单位，没有发送。")
    key = project.pk if project else None
    letter = Letter(own.path, title, body, project_id=key)
    send_to_all(paths, letter, kind=MessageKind.NOTICE, by=by)
    done = Addressed(len(paths), max(everybody - len(paths), 0))
    whom = "、".join(each.name for each in provinces) or (project.name if project else "")
    record(
        by=by,
        verb="发消息",
        object=whom[:200],
        sentence=f"向{addressee.label}（{whom}）发消息“{title}”：{done.in_words}",
        path=own.path,
        project_code=project.code if project else "",
    )
    return done


def _reached(
    addressee: Addressee, own: str, project: Project | None, provinces: Sequence[Organization]
) -> tuple[list[str], int]:
    """The paths with an account that opens, and how many units there are; two statements."""
    accounts = User.objects.all().main_accounts().filter(is_active=True)
    if addressee == Addressee.WINNERS:
        won = WinningProduct.objects.filter(project=project).values("enterprise_id")
        makers = accounts.filter(role=Role.MANUFACTURER, enterprise_id__in=won)
        return _paths(makers), won.distinct().count()
    if addressee == Addressee.PROVINCES:
        units = Organization.objects.filter(is_active=True, pk__in=_below(provinces))
    else:
        units = Organization.objects.filter(pk__in=_filings(addressee, own, project))
    return _paths(accounts.filter(organization__in=units.values("pk"))), units.count()


def _below(provinces: Sequence[Organization]) -> QuerySet[Any]:
    rows: QuerySet[Any] = Organization.objects.none()
    for province in provinces:
        rows = rows | Organization.objects.filter(in_subtree(province.path))
    return rows.values("pk")


def _filings(addressee: Addressee, own: str, project: Project | None) -> QuerySet[Any]:
    """Units of the round strictly below one's own."""
    rows = Filing.objects.filter(in_subtree(own), project=project).exclude(path=own)
    if addressee == Addressee.UNREPORTED:
        rows = rows.filter(status__in=EDITABLE, maintained=False)
    else:
        rows = rows.exclude(status=Status.EXCLUDED)
    return rows.values("organization_id")


def _paths(accounts: QuerySet[User]) -> list[str]:
    return list(accounts.order_by("path").values_list("path", flat=True))
