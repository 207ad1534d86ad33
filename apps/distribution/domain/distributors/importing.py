"""Writing what a checked workbook plans: all rows or none, in a handful of statements (S4-41)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.services import Entry, record_many
from apps.distribution.domain import refusals
from apps.distribution.domain.distributors.acts import CONTACT, Facts, lock_province, put_name
from apps.distribution.domain.refusals import DistributorRefused
from apps.distribution.models import DistributorAccount
from apps.exchange.domain.dry_run import DryRun
from apps.organizations.models import Enterprise, Organization


@dataclass(slots=True)
class Planned:
    """A row to be written: what it says, which distributor it changes, what the log will say."""

    facts: Facts
    row: DistributorAccount | None
    sentence: str
    renames: bool = False


BATCH = 2_000


@transaction.atomic
def save_distributors(outcome: DryRun, *, by: Actor) -> None:
    """Add and change distributors of the author's province. Raises `DistributorRefused`."""
    province = lock_province(by)
    new: list[Planned] = outcome.new
    changed: list[Planned] = outcome.changed
    enterprises = _enterprises([*new, *changed])
    added = [
        DistributorAccount.at(
            province,
            enterprises[plan.facts.uscc],
            provincial_account=plan.facts.provincial_account,
            **plan.facts.contact,
        )
        for plan in new
    ]
    DistributorAccount.objects.bulk_create(added, batch_size=BATCH)
    written = _change(changed)
    entries = [_entry(row, plan) for row, plan in zip(added, new, strict=True)]
    entries += [_entry(row, plan) for row, plan in zip(written, changed, strict=True)]
    record_many(by=by, entries=entries)


def _enterprises(plans: Sequence[Planned]) -> dict[str, Enterprise]:
    """The enterprises by code, the missing ones made. What another province named meanwhile is refused."""
    wanted = {plan.facts.uscc: plan for plan in plans}
    fresh = [Enterprise.named(code, plan.facts.name) for code, plan in sorted(wanted.items())]
    Enterprise.objects.bulk_create(fresh, batch_size=BATCH, ignore_conflicts=True)
    enterprises = Enterprise.objects.in_bulk(list(wanted), field_name="uscc")
    renamed = []
    for code, enterprise in enterprises.items():
        plan = wanted[code]
        if enterprise.name == plan.facts.name:
            continue
        if not plan.renames:
            said = refusals.name_differs(code, enterprise.name, plan.facts.name)
            raise DistributorRefused(f"{said}。没有导入任何数据。")
        put_name(enterprise, plan.facts.name)
        renamed.append(enterprise)
    Enterprise.objects.bulk_update(renamed, ["name", "pinyin", "sort_key"], batch_size=BATCH)
    return enterprises


def _change(plans: Sequence[Planned]) -> list[DistributorAccount]:
    """The rows as they stand now, locked in the order of their ids; one issued meanwhile is refused."""
    ids = [plan.row.pk for plan in plans if plan.row]
    locked = {
        row.pk: row
        for row in DistributorAccount.objects.filter(pk__in=ids)
        .select_related("enterprise", "user")
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    }
    written = []
    for plan in plans:
        row = locked.get(plan.row.pk) if plan.row else None
        if row is None or plan.row is None or row.is_issued != plan.row.is_issued:
            raise DistributorRefused(
                refusals.CHANGED_MEANWHILE.format(name=plan.facts.name) + "没有导入任何数据。"
            )
        for name, value in plan.facts.contact.items():
            setattr(row, name, value)
        if not row.is_issued:
            row.provincial_account = plan.facts.provincial_account
        written.append(row)
    fields = ["provincial_account", *CONTACT]
    DistributorAccount.objects.bulk_update(written, fields, batch_size=BATCH)
    _rename_users(written)
    return written


def _rename_users(rows: Sequence[DistributorAccount]) -> None:
    """Their accounts carry the name of who uses them."""
    users: list[User] = []
    for row in rows:
        if row.user:
            row.user.name, row.user.phone = row.authorized_person, row.phone
            users.append(row.user)
    User.objects.bulk_update(users, ["name", "phone"], batch_size=BATCH)


def _entry(row: DistributorAccount, plan: Planned) -> Entry:
    return Entry(
        verb="导入配送企业",
        object=f"{plan.facts.name} {plan.facts.uscc}"[:200],
        sentence=plan.sentence,
        path=row.path,
        enterprise_id=row.enterprise_id,
    )


def lock_for_import(province_id: int) -> None:
    """Two imports of a province go one after the other."""
    list(
        Organization.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=province_id)
        .values_list("pk", flat=True)
    )
