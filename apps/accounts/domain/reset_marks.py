"""Whoever resets a password for a unit below could report as that unit: they leave a mark, and the unit is told.

Invariants: the mark names unit and person; nobody but the next reset takes it away; the unit concerned and the tier
above who did it have a message in the transaction of the reset.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import name_of
from apps.accounts.models import User
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.scope.paths import ancestors, province_path

SHOWN = timedelta(days=90)
"""So long after a reset the first report of a filing says so."""

MARK = ("password_reset_at", "password_reset_by", "password_reset_from")
NAMED = 20


def mark_reset(accounts: Sequence[User], *, by: Actor) -> tuple[str, ...]:
    """Set the mark on unsaved accounts; the fields to be saved. A main account leaves none on its own sub-account."""
    marked = _by_others(accounts, by)
    for account in marked:
        account.password_reset_at = timezone.now()
        account.password_reset_by = name_of(by)
        account.password_reset_from = by.organization.path if by.organization else ""
    return MARK if marked else ()


def tell_reset(accounts: Sequence[User], *, by: Actor) -> None:
    """A message to each unit whose password was reset, and one to the tier above who did it."""
    marked = _by_others(accounts, by)
    if not marked:
        return
    who, at = name_of(by), f"{timezone.localtime():%Y-%m-%d %H:%M}"
    letters = [
        Letter(
            account.path,
            f"账号 {account.username} 的密码由上级重置",
            f"您单位的账号 {account.username} 的密码于 {at} 由{who}重置。此后首次上报会注明这次重置。"
            "如果不是您单位要求的，请立即向再上一级部门反映。",
        )
        for account in marked
        if account.path
    ]
    place = by.organization.path if by.organization else ""
    named = "、".join(f"{account.username}（{account.belongs_to()}）" for account in marked[:NAMED])
    more = f"等 {len(marked):,} 个账号" if len(marked) > NAMED else ""
    letters += [
        Letter(
            path,
            f"{who}重置了 {len(marked):,} 个下级账号的密码",
            f"{who}于 {at} 重置了下列账号的密码：{named}{more}。",
        )
        for path in above(place)
    ]
    send_letters(letters, kind=MessageKind.ACCOUNT, by=by)


def _by_others(accounts: Sequence[User], by: Actor) -> list[User]:
    if by.user is None:
        return []
    return [account for account in accounts if account.parent_account_id != by.user.pk]


def above(place: str, *, instead: str = "") -> list[str]:
    """The tier above a unit; above the alliance and the administrators `instead`, if given."""
    tiers = ancestors(place) if place else []
    return tiers[-1:] or ([instead] if instead else [])


def noted_reset(user: User, *, since: datetime | None, at: datetime) -> str:
    """What a report says of a reset before it: "" if there was none in time, or the filing was reported since.

    A main account whose password was reset can reset those of its sub-accounts: its mark is theirs as well.
    """
    main = user.parent_account
    marks = [
        (account.password_reset_at, account.password_reset_by)
        for account in (user, main)
        if account is not None and account.password_reset_at is not None
    ]
    if not marks:
        return ""
    reset_at, who = max(marks)
    if at - reset_at > SHOWN or (since is not None and since >= reset_at):
        return ""
    return f"由{who}于 {timezone.localtime(reset_at):%Y-%m-%d %H:%M} 重置密码后首次上报"


def tell_report(user: User, *, names: Sequence[str], note: str, project: str, by: Actor) -> None:
    """The unit itself and the tier above who reset its password hear that it was reported."""
    body = f"“{project}”：{'、'.join(names[:NAMED])}已上报，{note}。"
    title = "重置密码后首次上报"
    main = user if user.password_reset_from or user.parent_account is None else user.parent_account
    tiers = above(main.password_reset_from, instead=province_path(user.path))
    letters = [Letter(path, title, body) for path in dict.fromkeys([user.path, *tiers])]
    send_letters(letters, kind=MessageKind.ACCOUNT, by=by)
