"""Adding, correcting and deleting distributors of a province, before and after issue (S4-20…S4-30, S4-37).

Invariants: what makes the username is fixed from issue on; an enterprise has one name in the whole country. Whoever
writes locks the province first, so that two clerks find each other's rows.
"""

from dataclasses import dataclass, fields, replace

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import record
from apps.distribution.domain import refusals
from apps.distribution.domain.distributors.confirming import drop_confirmation
from apps.distribution.domain.reads import renamable, taken_usernames
from apps.distribution.domain.refusals import DistributorRefused
from apps.distribution.models import DistributorAccount, usernames
from apps.organizations.domain import uscc
from apps.organizations.domain.doubts import IN_FORM, LOGGED, codes_by_name, doubts_about
from apps.organizations.domain.phones import told
from apps.organizations.models import Enterprise, Organization
from apps.organizations.models.pinyin import initials, sort_key

CONTACT = ("legal_representative", "authorized_person", "phone", "address")
LABELS = {
    "provincial_account": "省平台账号",
    "name": "配送企业名称",
    "uscc": "统一社会信用代码",
    "legal_representative": "法人",
    "authorized_person": "被授权人",
    "phone": "联系电话",
    "address": "通信地址",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What a province knows of a distributor (S4-24…S4-29)."""

    provincial_account: str
    name: str
    uscc: str
    legal_representative: str
    authorized_person: str
    phone: str
    address: str = ""

    @classmethod
    def of(cls, row: DistributorAccount) -> "Facts":
        enterprise = row.enterprise
        contact = (getattr(row, name) for name in CONTACT)
        return cls(row.provincial_account, enterprise.name, enterprise.uscc, *contact)

    @property
    def contact(self) -> dict[str, str]:
        return {name: getattr(self, name) for name in CONTACT}

    def differences(self, after: "Facts") -> list[str]:
        """What changes, in words."""
        return [
            f"{LABELS[field.name]} {told(field.name, getattr(self, field.name), getattr(after, field.name))}"
            for field in fields(self)
            if getattr(self, field.name) != getattr(after, field.name)
        ]


@transaction.atomic
def add_distributor(*, by: Actor, facts: Facts, verified: bool = False) -> DistributorAccount:
    """A new, not yet issued distributor of the author's province. Raises `DistributorRefused`."""
    province = lock_province(by)
    _check_username(province, facts, but=None)
    enterprise = _enterprise(province, facts, but=None, verified=verified)
    row = DistributorAccount.at(
        province, enterprise, provincial_account=facts.provincial_account, **facts.contact
    )
    row.save(force_insert=True)
    said = (
        f"添加了配送企业 {enterprise.name}（{enterprise.uscc}）{_ticked(verified)}，尚未发放账号。"
    )
    _record(by, row, "添加配送企业", said)
    return row


@transaction.atomic
def edit_distributor(
    *, by: Actor, pk: int, facts: Facts, verified: bool = False, seen: Seen | None = None
) -> DistributorAccount:
    """Correct a distributor; from issue on only who stands for it.

    Raises `DistributorRefused`, `ChangedMeanwhile`.
    """
    province = lock_province(by)
    row = _locked(pk)
    require_seen(seen, row)
    before = Facts.of(row)
    if row.is_issued:
        facts = replace(
            facts,
            **{name: getattr(before, name) for name in ("name", "uscc", "provincial_account")},
        )
    else:
        _check_username(province, facts, but=row)
        held = row.enterprise_id
        row.enterprise = _enterprise(province, facts, but=row, verified=verified)
        row.path = f"{province.path}E{row.enterprise_id}/"
        row.provincial_account = facts.provincial_account
        if row.enterprise_id != held:
            drop_confirmation(row.pk)
    for name, value in facts.contact.items():
        setattr(row, name, value)
    row.save()
    if row.user_id:
        User.objects.filter(pk=row.user_id).update(name=row.authorized_person, phone=row.phone)
    changed = "；".join(before.differences(facts)) or "没有变化"
    _record(
        by,
        row,
        "修改配送企业",
        f"修改了配送企业 {row.enterprise.name}{_ticked(verified)}：{changed}。",
    )
    return row


@transaction.atomic
def delete_distributor(*, by: Actor, pk: int) -> DistributorAccount:
    """Take out one that was not issued (S4-20). Raises `DistributorRefused`."""
    lock_province(by)
    row = _locked(pk)
    if row.is_issued:
        raise DistributorRefused("账号已发放，不能删除；不再使用时请禁用。")
    said = f"删除了未发放的配送企业 {row.enterprise.name}（{row.enterprise.uscc}）。"
    _record(by, row, "删除配送企业", said)
    drop_confirmation(row.pk)
    row.delete()
    return row


def lock_province(by: Actor) -> Organization:
    """The author's own province, locked for the transaction. Raises `DistributorRefused` for anybody else."""
    unit = by.organization
    if unit is None or unit.tier != Role.PROVINCE or not by.may(Permission.MANAGE_ACCOUNTS):
        raise DistributorRefused("只有省医保可以管理本省的配送企业。")
    locked = Organization.objects.select_for_update(of=("self",), no_key=True)
    province: Organization = locked.get(pk=unit.pk)
    return province


def _locked(pk: int) -> DistributorAccount:
    rows = DistributorAccount.objects.select_for_update(of=("self",), no_key=True)
    row: DistributorAccount | None = rows.select_related("enterprise").filter(pk=pk).first()
    if row is None:
        raise DistributorRefused("这家配送企业已被他人删除，请刷新后再操作。")
    return row


def _enterprise(
    province: Organization, facts: Facts, *, but: DistributorAccount | None, verified: bool
) -> Enterprise:
    """The enterprise of a code, made if the country has none; renamed only where nobody else knows it."""
    if problem := uscc.shape_problem(facts.uscc):
        raise DistributorRefused(f"{problem}。", field="uscc")
    if not verified:
        _ask(facts, province, but=but)
    fresh = Enterprise.named(facts.uscc, facts.name)
    Enterprise.objects.bulk_create([fresh], ignore_conflicts=True)
    enterprise = Enterprise.objects.get(uscc=facts.uscc)
    others = DistributorAccount.objects.filter(province=province, enterprise=enterprise)
    if others.exclude(pk=but.pk if but else 0).exists():
        said = refusals.ALREADY_THERE.format(name=enterprise.name)
        raise DistributorRefused(f"{said}。", field="uscc")
    if enterprise.name != facts.name:
        _rename(enterprise, province, facts)
    return enterprise


def _ask(facts: Facts, province: Organization, *, but: DistributorAccount | None) -> None:
    """Raises `DistributorRefused` for what somebody must compare with the papers first."""
    known = Enterprise.objects.filter(uscc=facts.uscc).first()
    is_own = known is not None and but is not None and known.pk == but.enterprise_id
    if known and not is_own and known.pk not in renamable([known.pk], province.pk):
        return  # whatever is wrong with it is refused below
    registered = facts.name if is_own else (known.name if known else "")
    asked = doubts_about(
        facts.uscc,
        facts.name,
        registered=registered,
        by_name=codes_by_name([facts.name]),
        tick=IN_FORM,
    )
    for field, sentence in asked:
        raise DistributorRefused(f"{sentence}。", field=field)


def _ticked(verified: bool) -> str:  # noqa: FBT001 the one thing it is about
    return LOGGED if verified else ""


def _rename(enterprise: Enterprise, province: Organization, facts: Facts) -> None:
    if enterprise.pk not in renamable([enterprise.pk], province.pk):
        said = refusals.name_differs(enterprise.uscc, enterprise.name, facts.name)
        raise DistributorRefused(f"{said}。", field="name")
    put_name(enterprise, facts.name)
    enterprise.save(update_fields=["name", "pinyin", "sort_key"])


def put_name(enterprise: Enterprise, name: str) -> None:
    """Set a name with its pinyin, unsaved."""
    enterprise.name = name
    enterprise.pinyin, enterprise.sort_key = initials(name), sort_key(name)


def _check_username(
    province: Organization, facts: Facts, *, but: DistributorAccount | None
) -> None:
    """The provincial account is one of its kind in the province, and so will be the name it makes."""
    account = facts.provincial_account
    if problem := usernames.problem_with(account):
        raise DistributorRefused(f"{problem}。", field="provincial_account")
    if not account:
        return
    alike = DistributorAccount.objects.filter(
        province=province, provincial_account__means=account
    ).exclude(pk=but.pk if but else 0)
    if other := alike.select_related("enterprise").first():
        said = refusals.account_taken(account, other.enterprise.name)
        raise DistributorRefused(f"{said}。", field="provincial_account")
    username = usernames.from_account(province.code, account)
    if taken_usernames([username]):
        said = refusals.username_taken(username)
        raise DistributorRefused(f"{said}。", field="provincial_account")


def _record(by: Actor, row: DistributorAccount, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=f"{row.enterprise.name} {row.enterprise.uscc}",
        sentence=sentence,
        path=row.path,
        enterprise_id=row.enterprise_id,
    )
