"""Sub-distribution chains (下级配送链): set and withdrawn by the upper distributor, within its province (S4-03)."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.distribution.domain.relations.acts import check_right
from apps.distribution.domain.relations.refusals import ChainRefused
from apps.distribution.models import ChainLink, DistributorAccount
from apps.distribution.models.relation_triggers import CHAIN_CIRCLE, CHAIN_PROVINCE
from apps.organizations.models import Organization
from apps.scope.context import whole_country

CIRCLE = "“{name}”已直接或间接把本企业设为下级，不能再设为本企业的下级，否则配送链会成为一个圈。"
ALREADY = "“{name}”已经是本企业的下级配送企业。"
NOT_ENABLED = "所选企业不是本省启用的配送企业，请刷新后重新选择。"


@transaction.atomic
def set_link(lower_id: int, *, by: Actor, note: str = "") -> ChainLink:
    """Let an enabled distributor of the same province deliver for the actor's. Raises `ChainRefused`."""
    check_right(by, "distributor")
    upper = own_account(by)
    with whole_country(reason="chains are judged over all distributors of the province"):
        lock_chains(upper.province_id)
        lower = _usable(lower_id, upper)
        if lower.pk in _above(upper):
            raise ChainRefused(CIRCLE.format(name=lower))
        try:
            with transaction.atomic():
                link: ChainLink = ChainLink.objects.create(  # type: ignore[misc]  # a person asks, not the system
                    province_id=upper.province_id,
                    upper=upper,
                    lower=lower,
                    path=upper.path,
                    note=note.strip(),
                    set_by=by.user,
                )
        except IntegrityError as error:
            raise _told(error, lower) from error
    _log(by, upper, "设置下级配送企业", lower)
    return link


@transaction.atomic
def end_link(link_id: int, *, by: Actor) -> None:
    """Withdraw a link of the actor's own chain. Raises `ChainRefused`."""
    check_right(by, "distributor")
    upper = own_account(by)
    links = ChainLink.objects.in_force().filter(upper=upper)
    held = links.select_for_update(of=("self",), no_key=True).filter(pk=link_id).first()
    if held is None:
        raise ChainRefused("这条下级配送已经撤销，或不是本企业设置的，请刷新后再操作。")
    held.ended_at, held.ended_by = timezone.now(), by.user
    held.save(update_fields=["ended_at", "ended_by"])
    with whole_country(reason="the name of the sub-distributor"):
        lower = DistributorAccount.objects.select_related("enterprise").get(pk=held.lower_id)
    _log(by, upper, "撤销下级配送企业", lower)


def own_account(by: Actor) -> DistributorAccount:
    """The distributor that the actor's account was issued to."""
    user: Any = by.user
    own: DistributorAccount | None = (
        DistributorAccount.objects.select_related("enterprise").filter(path=user.path).first()
    )
    if own is None:
        raise ChainRefused("账号没有对应的配送企业，请联系省医保局。")
    return own


def lock_chains(province_id: int) -> None:
    """One at a time changes the chains of a province; the trigger's own lock holds for whoever comes another way."""
    rows = Organization.objects.filter(pk=province_id).select_for_update(no_key=True)
    list(rows.values_list("pk"))


def _usable(lower_id: int, upper: DistributorAccount) -> DistributorAccount:
    rows = DistributorAccount.objects.usable().filter(province_id=upper.province_id)
    lower: DistributorAccount | None = (
        rows.select_related("enterprise").filter(pk=lower_id).exclude(pk=upper.pk).first()
    )
    if lower is None:
        raise ChainRefused(NOT_ENABLED)
    return lower


def _above(account: DistributorAccount) -> set[int]:
    """Everybody who, over however many hands, has the account deliver for it."""
    links = ChainLink.objects.in_force().filter(province_id=account.province_id)
    uppers: dict[int, list[int]] = {}
    for upper, lower in links.values_list("upper_id", "lower_id"):
        uppers.setdefault(lower, []).append(upper)
    above, waiting = set(), [account.pk]
    while waiting:
        for upper in uppers.get(waiting.pop(), ()):
            if upper not in above:
                above.add(upper)
                waiting.append(upper)
    return above


def _told(error: IntegrityError, lower: DistributorAccount) -> Exception:
    text = str(error)
    if CHAIN_CIRCLE in text:
        return ChainRefused(CIRCLE.format(name=lower))
    if CHAIN_PROVINCE in text:
        return ChainRefused(NOT_ENABLED)
    if "chain_link_once" in text:
        return ChainRefused(ALREADY.format(name=lower))
    return error


def _log(by: Actor, upper: DistributorAccount, verb: str, lower: DistributorAccount) -> None:
    record(
        by=by,
        verb=verb,
        object=str(lower),
        sentence=f"{upper}{verb}：{lower}。",
        path=upper.path,
        enterprise_id=upper.enterprise_id,
    )
