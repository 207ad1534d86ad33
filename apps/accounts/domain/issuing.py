"""Giving out accounts, one or thousands, with one-time passwords on a sheet that is taken once.

Invariants: an issue is all or nothing; a unit never gets two main accounts, also when two issuers press at once;
a password stands sealed in the sheet until it is taken, and in no log, message or job.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils import timezone

from apps.accounts.domain import lockout
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.issue_targets import target_of
from apps.accounts.domain.one_time import new_password
from apps.accounts.domain.reads import issuable_enterprises, issuable_units, resettable_by
from apps.accounts.domain.reset_marks import mark_reset, tell_reset
from apps.accounts.domain.sealing import SealBroken, seal, unseal
from apps.accounts.domain.second_factor import forget_factors
from apps.accounts.domain.usernames import username_of
from apps.accounts.models import IssuedPassword, IssueSheet, SheetKind, User
from apps.accounts.models.roles import Permission, Role
from apps.audit.services import Entry, record, record_many
from apps.folding.domain.folding import folded
from apps.notices.announcing import Happening, announce
from apps.notices.event import EventName
from apps.scope.context import whole_country

KEPT = timedelta(days=3)
BATCH = 1_000
Progress = Callable[[int, int], None]


class UsernamesTaken(Exception):
    """Names that the rule gives exist already for other accounts; `names` are they."""

    def __init__(self, names: list[str]) -> None:
        shown = "、".join(names[:10]) + ("等" if len(names) > 10 else "")  # noqa: PLR2004
        super().__init__(f"用户名 {shown} 已被其他账号使用，没有发放任何账号。请先核对编码。")
        self.names = names


class NothingToIssue(Exception):
    """None of the targets is (still) without an account, or still as the page showed it."""

    def __init__(self, skipped: Sequence[str] = ()) -> None:
        said = "所选单位都已有账号（可能刚刚由他人发放），没有可发放的账号。"
        super().__init__(skipped_in_words(skipped) if skipped else said)


def skipped_in_words(usernames: Sequence[str]) -> str:
    """Which accounts a bulk reset left alone, and why; empty for none."""
    if not usernames:
        return ""
    shown = "、".join(usernames[:10]) + (f"等 {len(usernames)} 个" if len(usernames) > 10 else "")  # noqa: PLR2004
    return f"账号 {shown}的密码在页面打开之后已被重置或修改，没有再次重置。请核对后再操作。"


class SheetGone(Exception):
    """The sheet was taken or has expired, or its seals don't open: its passwords no longer exist."""


@dataclass(frozen=True, slots=True)
class IssueLine:
    """One line of a sheet."""

    code: str
    unit: str
    superior: str
    username: str
    password: str


@transaction.atomic
def open_sheet(
    *, by: Actor, kind: SheetKind, target_ids: list[int], seen: datetime | None = None
) -> IssueSheet:
    """A sheet to be filled by `fill_sheet`, here or in a job. `seen`: when the page of a reset was made."""
    issuer, unit = _issuer(by), by.organization
    name = unit.name if unit else ""
    title = f"{name} {SheetKind(kind).label} {timezone.localtime():%Y-%m-%d %H:%M:%S}"
    return IssueSheet.objects.create(
        owner=issuer,
        path=issuer.path,
        title=title[:100],
        kind=kind,
        target_ids=target_ids,
        seen_at=seen,
    )


@transaction.atomic
def issue_now(
    *, by: Actor, kind: SheetKind, target_ids: list[int], seen: datetime | None = None
) -> IssueSheet:
    """Open and fill a sheet at once: for a few. Raises what `fill_sheet` raises."""
    sheet = open_sheet(by=by, kind=kind, target_ids=target_ids, seen=seen)
    return fill_sheet(by=by, sheet_id=sheet.pk)


@transaction.atomic
def fill_sheet(
    *, by: Actor, sheet_id: int, progress: Progress = lambda _done, _total: None
) -> IssueSheet:
    """Make the accounts (or new passwords) of the sheet and return it. About 20 ms each, spent before any lock.

    Raises `NothingToIssue`, `UsernamesTaken`, `IssueRefused`.
    """
    sheet: IssueSheet = IssueSheet.objects.get(pk=sheet_id, complete_at__isnull=True)
    made = dict(_with_passwords(sheet.target_ids, progress))
    accounts = _written_accounts(by, sheet, made)
    if not accounts:
        raise NothingToIssue(sheet.skipped)
    _seal(sheet, accounts, made)
    if sheet.kind != SheetKind.RESETS:
        announce([_happening(account) for account in accounts.values()])
    sheet.count, sheet.complete_at, sheet.target_ids = len(accounts), timezone.now(), []
    sheet.save(update_fields=["count", "complete_at", "target_ids", "skipped"])
    record_many(by=by, entries=(_entry(sheet, account) for account in accounts.values()))
    return sheet


def _happening(account: User) -> Happening:
    return Happening(
        EventName.ACCOUNT_ISSUED, account.path, object_kind="account", object_id=account.pk
    )


def _with_passwords(ids: list[int], progress: Progress) -> Iterator[tuple[int, tuple[str, str]]]:
    for done, target in enumerate(ids, start=1):
        password = new_password()
        yield target, (password, make_password(password))
        progress(done, len(ids))


def _written_accounts(
    by: Actor, sheet: IssueSheet, made: dict[int, tuple[str, str]]
) -> dict[int, User]:
    """The accounts by target id, saved with their hashes."""
    issuer = _issuer(by)
    if sheet.kind == SheetKind.RESETS:
        return _reset(by, sheet, made)
    accounts = _new_accounts(sheet, issuer, made)
    for target, account in accounts.items():
        account.password = made[target][1]
        account.issued_at = account.password_changed_at = timezone.now()
    _refuse_taken([folded(account.username) for account in accounts.values()])
    User.objects.bulk_create(accounts.values(), batch_size=BATCH)
    if above := target_of(sheet.kind):
        above.saved(by, accounts)
    return accounts


def _new_accounts(
    sheet: IssueSheet, issuer: User, made: dict[int, tuple[str, str]]
) -> dict[int, User]:
    """Unsaved accounts by target id, for those that (still) have none."""
    if target := target_of(sheet.kind):
        return dict(target.accounts(issuer, list(made)))
    if sheet.kind == SheetKind.UNITS:
        units = _locked(issuable_units(issuer), made)
        accounts = {unit.pk: User.for_organization(unit, username_of(unit)) for unit in units}
        for unit in units:
            accounts[unit.pk].name, accounts[unit.pk].phone = unit.contact_name, unit.phone
        return accounts
    return {
        enterprise.pk: User.for_enterprise(
            enterprise, Role.MANUFACTURER, issuer.path, username=enterprise.uscc
        )
        for enterprise in _locked(issuable_enterprises(issuer), made)
    }


def _reset(by: Actor, sheet: IssueSheet, made: dict[int, tuple[str, str]]) -> dict[int, User]:
    """New passwords; locks are lifted and authenticators unbound: whoever forgot the one often lost the other.

    What changed after the page was made is left alone and named on the sheet; what needs a second person, or is beyond
    the reach of the account, is not reset in bulk.
    """
    issuer = _issuer(by)
    if not issuer.has(Permission.RESET_PASSWORDS):
        return {}
    locked = list(_locked(resettable_by(issuer), made))
    changed = [account for account in locked if _changed_since(account, sheet.seen_at)]
    sheet.skipped = sorted(account.username for account in changed)
    accounts = {account.pk: account for account in locked if account not in changed}
    for target, account in accounts.items():
        account.password = made[target][1]
        account.must_change_password = True
        account.password_changed_at = timezone.now()
    lifted = forget_factors(list(accounts.values()))
    marked = mark_reset(list(accounts.values()), by=by)
    fields = [
        "password", "must_change_password", "password_changed_at", "second_factor_at", *marked
    ]  # fmt: skip
    User.objects.bulk_update(accounts.values(), fields, batch_size=BATCH)
    tell_reset(list(accounts.values()), by=by)
    IssuedPassword.objects.filter(account__in=list(accounts)).delete()
    record_many(by=by, entries=(_entry_of_factor(account) for account in lifted))
    lockout.unlock([account.username for account in accounts.values()])
    return accounts


def _changed_since(account: User, seen: datetime | None) -> bool:
    changed = account.password_changed_at
    return seen is not None and changed is not None and changed > seen


def _locked(targets: QuerySet[Any], made: dict[int, tuple[str, str]]) -> QuerySet[Any]:
    """The targets, locked in the order of their ids: who comes second finds the accounts of the first."""
    ids = list(made)
    list(
        targets.model.objects.filter(pk__in=ids)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return targets.filter(pk__in=ids).order_by("pk")


def _refuse_taken(names: list[str]) -> None:
    with whole_country(reason="usernames are unique in the country"):
        keyed = User.objects.annotate(key=Lower("username")).filter(key__in=names)
        taken = sorted(keyed.values_list("username", flat=True))
    if taken:
        raise UsernamesTaken(taken)


def _seal(sheet: IssueSheet, accounts: dict[int, User], made: dict[int, tuple[str, str]]) -> None:
    rows = [
        IssuedPassword(sheet=sheet, account=account, sealed=seal(made[target][0]))
        for target, account in accounts.items()
    ]
    IssuedPassword.objects.bulk_create(rows, batch_size=BATCH)


def _entry(sheet: IssueSheet, account: User) -> Entry:
    reset = sheet.kind == SheetKind.RESETS
    what = f"账号 {account.username}（{account.belongs_to()}）"
    return Entry(
        verb="重置密码" if reset else "发放账号",
        object=account.username,
        sentence=f"重置了{what}的密码。" if reset else f"发放了{what}。",
        path=account.path,
        enterprise_id=account.enterprise_id,
    )


def _entry_of_factor(account: User) -> Entry:
    return Entry(
        verb="解除两步验证",
        object=account.username,
        sentence=f"重置密码时解除了账号 {account.username}（{account.belongs_to()}）的两步验证。",
        path=account.path,
        enterprise_id=account.enterprise_id,
    )


@transaction.atomic
def take_sheet(
    *, by: Actor, sheet_id: int, render: Callable[[IssueSheet, list[IssueLine]], bytes]
) -> bytes:
    """Hand the sheet out as a file, once, and delete its passwords. Only its owner may. Raises `SheetGone`."""
    sheet = (
        IssueSheet.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=sheet_id, owner=by.user)
        .waiting()
        .first()
    )
    if sheet is None or sheet.complete_at is None or sheet.complete_at < timezone.now() - KEPT:
        raise SheetGone
    try:
        content = render(sheet, list(_lines(sheet)))
    except SealBroken as broken:
        raise SheetGone from broken
    sheet.passwords.all().delete()
    sheet.taken_at = timezone.now()
    sheet.save(update_fields=["taken_at"])
    record(
        by=by,
        verb="下载发放单",
        object=sheet.title,
        sentence=f"下载了发放单“{sheet.title}”（{sheet.count} 个账号），一次性密码已从系统删除。",
        path=sheet.path,
    )
    return content


def _lines(sheet: IssueSheet) -> Iterator[IssueLine]:
    issued = sheet.passwords.select_related("account__organization__parent", "account__enterprise")
    issuer = sheet.owner.belongs_to()
    for row in issued.order_by("account__path", "account__username"):
        unit: Any = row.account.belongs_to()
        superior = issuer if row.account.enterprise else getattr(unit, "parent", None)
        yield IssueLine(
            code=unit.code if row.account.organization else unit.uscc,
            unit=unit.name,
            superior=superior.name if superior else "",
            username=row.account.username,
            password=unseal(bytes(row.sealed)),
        )


@transaction.atomic
def expire_sheets() -> int:
    """Delete the passwords of sheets that nobody took in three days; those accounts need a reset."""
    old = IssueSheet.objects.waiting().filter(complete_at__lt=timezone.now() - KEPT)
    IssuedPassword.objects.filter(sheet__in=old).delete()
    return old.update(expired_at=timezone.now())


def _issuer(by: Actor) -> User:
    if by.user is None:
        raise ValueError("Accounts are given out by somebody.")
    return by.user
