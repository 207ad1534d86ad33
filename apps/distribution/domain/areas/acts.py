"""A distributor says where it delivers. For reference only: nothing asks it whether something may be done (S4-04)."""

from collections.abc import Collection

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import record
from apps.distribution.domain.areas.names import described, places_of
from apps.distribution.domain.refusals import DistributorRefused
from apps.distribution.models import DeliveryArea, DistributorAccount

BATCH = 1_000


@transaction.atomic
def save_areas(
    *, by: Actor, account_id: int, codes: Collection[str], seen: Seen | None = None
) -> int:
    """Make these divisions the areas of the author's own enterprise in a province; how many they are now.

    Codes of other provinces are refused. Raises `DistributorRefused`, `ChangedMeanwhile`.
    """
    account = _own(by, account_id)
    require_seen(seen, account)
    places = places_of(account.province)
    known = {code for place in places for code in place.codes}
    if strange := set(codes) - known:
        raise DistributorRefused(
            f"区划 {'、'.join(sorted(strange)[:5])} 不在{account.province.name}范围内，没有保存。"
        )
    wanted = set(codes)
    there = set(account.areas.values_list("division_id", flat=True))
    account.areas.filter(division_id__in=there - wanted).delete()
    fresh = [DeliveryArea(account=account, division_id=code) for code in sorted(wanted - there)]
    DeliveryArea.objects.bulk_create(fresh, batch_size=BATCH)
    if wanted != there:
        _record(
            by,
            account,
            "；".join(f"{name}：{'、'.join(names)}" for name, names in described(places, wanted)),
        )
    return len(wanted)


def _own(by: Actor, account_id: int) -> DistributorAccount:
    user = by.user
    if user is None or user.enterprise_id is None or not by.may(Permission.AREA):
        raise DistributorRefused("只有配送企业可以维护自己的配送区域。")
    rows = DistributorAccount.objects.issued().filter(enterprise_id=user.enterprise_id)
    locked = rows.select_for_update(of=("self",), no_key=True).select_related("enterprise")
    account: DistributorAccount | None = locked.filter(pk=account_id).first()
    if account is None:
        raise DistributorRefused("没有找到贵企业在该省的配送账号。")
    return account


def _record(by: Actor, account: DistributorAccount, said: str) -> None:
    record(
        by=by,
        verb="维护配送区域",
        object=f"{account.enterprise.name} {account.enterprise.uscc}",
        sentence=f"{account.enterprise.name}的配送区域改为：{said or '无'}。",
        path=account.path,
        enterprise_id=account.enterprise_id,
    )
