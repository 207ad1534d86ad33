"""The demo's delivery relations: every state there is, one for a disabled distributor, something to answer.

Invariant: made by the product's own acts, once; what visitors did to them afterwards stays.
"""

from dataclasses import dataclass

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.distribution.domain.relations.acts import perform
from apps.distribution.domain.relations.chains import set_link
from apps.distribution.domain.relations.choosing import choose
from apps.distribution.domain.relations.crowding import Proposal
from apps.distribution.models import DeliveryRelation, DistributorAccount
from apps.distribution.models.relation_places import place_of
from apps.distribution.models.relation_statuses import Action, Status
from apps.organizations.models import Organization
from apps.projects.models import WinningProduct

from .allocation_round import CODE
from .fixtures import enterprises

SUBMITTED, AGREED, REFUSED = Status.SUBMITTED, Status.AGREED, Status.REFUSED
BUSY = "现有冷链车辆已排满，本季度无法新增线路"
REPLACED = "改由距离更近的企业配送"
CHAIN = ("D1", "D3", "荆州方向支线")


@dataclass(frozen=True, slots=True)
class Plan:
    """A product, a distributor and a place (a unit's code, `direct` for its 直属), and how far the two have come."""

    item: str
    carrier: str
    unit: str
    status: Status
    direct: bool = False

    @property
    def province(self) -> str:
        return self.unit[:2]


PLANS = (
    Plan("FL0102", "D1", "420100", AGREED),
    Plan("FL0102", "D2", "420500", AGREED),
    Plan("FL0102", "D3", "421000", SUBMITTED),
    Plan("FL0102", "D4", "420600", AGREED),
    Plan("FL0201", "D1", "42", SUBMITTED),
    Plan("FL0201", "D2", "420500", REFUSED),
    Plan("FL0401", "D1", "420100", Status.VOID),
    Plan("FL0401", "D1", "42", SUBMITTED, direct=True),
    Plan("FL0401", "D3", "421000", Status.DRAFT),
    Plan("FL0101", "D1", "420100", SUBMITTED),
    Plan("FL0101", "D1", "420200", SUBMITTED),
    Plan("FL0101", "D2", "420500", AGREED),
    Plan("FL0101", "D2", "420600", SUBMITTED),
    Plan("FL0101", "D3", "421000", REFUSED),
    Plan("FL0101", "D7", "140100", AGREED),
)
DISABLED = "D4"


@transaction.atomic
def load_relations() -> None:
    """Nothing if there are relations already."""
    if DeliveryRelation.objects.filter(project__code=CODE).exists():
        return
    names = {enterprise.key: enterprise.uscc for enterprise in enterprises()}
    disabled = _accounts(names)[DISABLED, "42"].user_id
    User.objects.filter(pk=disabled or 0).update(is_active=True)
    accounts = _accounts(names)
    for plan in PLANS:
        _make(plan, accounts[plan.carrier, plan.province])
    upper, lower, note = CHAIN
    set_link(accounts[lower, "42"].pk, by=_by(accounts[upper, "42"]), note=note)
    User.objects.filter(pk=disabled or 0).update(is_active=False)


def _accounts(names: dict[str, str]) -> dict[tuple[str, str], DistributorAccount]:
    """By the demo's key of the enterprise and the province's code."""
    keys = {uscc: key for key, uscc in names.items()}
    rows = DistributorAccount.objects.select_related("enterprise", "province", "user__enterprise")
    return {
        (keys[row.enterprise.uscc], row.province.code): row
        for row in rows.filter(enterprise__uscc__in=keys)
    }


def _make(plan: Plan, account: DistributorAccount) -> None:
    product = WinningProduct.objects.get(project__code=CODE, item__item_code=plan.item)
    maker = Actor.of(User.objects.get(enterprise=product.enterprise_id, role=Role.MANUFACTURER))
    unit = Organization.objects.get(code=plan.unit)
    place = place_of(unit.path, direct=plan.direct)
    choose([Proposal(product.pk, account.pk, place)], by=maker, submit=plan.status != Status.DRAFT)
    ids = list(
        DeliveryRelation.objects.filter(
            product=product, distributor=account, path=place
        ).values_list("pk", flat=True)
    )
    if plan.status == REFUSED:
        perform(ids, Action.REFUSE, by=_by(account), reason=BUSY)
    elif plan.status in (AGREED, Status.VOID):
        perform(ids, Action.AGREE, by=_by(account))
    if plan.status == Status.VOID:
        perform(ids, Action.VOID, by=maker, reason=REPLACED)


def _by(account: DistributorAccount) -> Actor:
    if account.user is None:
        raise ValueError(f"{account} has no account.")
    return Actor.of(account.user)
