"""The demo's distributors of two provinces: issued, disabled and not yet issued, with areas of their own.

Invariant: after each load everyone stands where it is declared; the accounts without a demo name have usernames by the
rule and the demo's password. Rows come by the product's own import, accounts by its own rule.
"""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.lockout import unlock
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.distribution.domain.distributors.issuing import new_accounts, note_issued
from apps.distribution.files.columns import DISTRIBUTORS
from apps.distribution.files.workbooks import DISTRIBUTOR_IMPORT
from apps.distribution.models import DeliveryArea, DistributorAccount
from apps.exchange.files.rendering import Record

from .fixtures import DemoDistributor, DemoEnterprise, distributors, enterprises
from .importing import import_records

LEGAL, AUTHORIZED = "法定代表人", "企业经办员"


@transaction.atomic
def load_distributors() -> None:
    """Add who is missing, restore who is there."""
    for province in dict.fromkeys(distributor.province for distributor in distributors()):
        _load(
            province,
            [distributor for distributor in distributors() if distributor.province == province],
        )


def _load(province: str, declared: Sequence[DemoDistributor]) -> None:
    officer = User.objects.main_accounts().get(organization__code=province)
    by = Actor.of(officer)
    known = {enterprise.key: enterprise for enterprise in enterprises()}
    records = [_record(distributor, known[distributor.key]) for distributor in declared]
    context = {"province_id": officer.organization_id}
    import_records(DISTRIBUTOR_IMPORT, {DISTRIBUTORS: records}, context=context, by=by)
    of_province = DistributorAccount.objects.filter(province_id=officer.organization_id)
    rows = {row.enterprise.uscc: row for row in of_province.select_related("enterprise")}
    by_key = {distributor.key: rows[known[distributor.key].uscc] for distributor in declared}
    wanted = [by_key[distributor.key] for distributor in declared if distributor.state != "waiting"]
    _issue(by, [row for row in wanted if not row.is_issued])
    for distributor in declared:
        _restore(by_key[distributor.key].pk, distributor)


def _record(distributor: DemoDistributor, enterprise: DemoEnterprise) -> Record:
    return {
        "provincial_account": distributor.provincial_account,
        "name": enterprise.name,
        "uscc": enterprise.uscc,
        "legal_representative": LEGAL,
        "authorized_person": AUTHORIZED,
        "phone": distributor.phone,
        "address": f"物流大道 {int(distributor.phone[-2:]) + 1} 号",
    }


def _issue(by: Actor, rows: Sequence[DistributorAccount]) -> None:
    """Those with a demo account keep it; the others get a name by the rule."""
    paths = [row.path for row in rows]
    there = {user.path: user for user in User.objects.main_accounts().filter(path__in=paths)}
    note_issued(by, {row.pk: there[row.path] for row in rows if row.path in there})
    unnamed = [row.pk for row in rows if row.path not in there]
    if by.user is None or not unnamed:
        return
    accounts = new_accounts(by.user, unnamed)
    for user in accounts.values():
        user.password, user.must_change_password = by.user.password, False
    User.objects.bulk_create(accounts.values())
    note_issued(by, accounts)


def _restore(pk: int, distributor: DemoDistributor) -> None:
    """Enabled or not, its areas, and the demo's password: the one of its province."""
    row = DistributorAccount.objects.select_related("user").get(pk=pk)
    if row.user is None or distributor.state == "waiting":
        return
    officer = User.objects.main_accounts().get(organization_id=row.province_id)
    User.objects.filter(pk=row.user.pk, role=Role.DISTRIBUTOR).update(
        is_active=distributor.state == "issued",
        password=officer.password,
        must_change_password=False,
    )
    unlock([row.user.username])
    codes = [code for code in distributor.areas.split("|") if code]
    row.areas.exclude(division_id__in=codes).delete()
    DeliveryArea.objects.bulk_create(
        [DeliveryArea(account=row, division_id=code) for code in codes], ignore_conflicts=True
    )
