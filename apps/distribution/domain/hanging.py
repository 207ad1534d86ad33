"""What of delivery rests on a unit or an enterprise: relations, agreements, choices, chains; a few counts each."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.distribution.models import (
    LIVE,
    Agreement,
    ChainLink,
    DeliveryChoice,
    DeliveryRelation,
    DistributorAccount,
)
from apps.organizations.models import Tier
from apps.scope.context import whole_country
from apps.scope.paths import in_subtree

COUNTED = "whoever disables or renames something hears how much rests on it, in numbers alone"


def hanging_on(path: str, role: str) -> list[str]:
    """Phrases such as `生效中的配送关系 12 条`; nothing for what has none."""
    with whole_country(reason=COUNTED):
        if role == Role.DISTRIBUTOR:
            return _told(_of_distributor(path))
        if role == Role.MANUFACTURER:
            return _told(_of_manufacturer(path))
        return _told(_below(path, role))


def _told(counts: Iterable[tuple[str, int, str]]) -> list[str]:
    return [f"{label} {number:,} {unit}" for label, number, unit in counts if number]


def _of_distributor(path: str) -> list[tuple[str, int, str]]:
    account = DistributorAccount.objects.filter(path=path).first()
    if account is None:
        return []
    relations = DeliveryRelation.objects.live().filter(distributor=account)
    agreements = Agreement.objects.filter(distributor=account, status__in=LIVE)
    choices = DeliveryChoice.objects.filter(relation__distributor=account).order_by()
    links = ChainLink.objects.in_force().filter(Q(upper=account) | Q(lower=account))
    return [
        ("有效的配送关系", relations.count(), "条"),
        ("有效的三方协议", agreements.count(), "份"),
        ("选择了它的医疗机构", choices.values("path").distinct().count(), "家"),
        ("上下级配送", links.count(), "条"),
    ]


def _of_manufacturer(path: str) -> list[tuple[str, int, str]]:
    account = User.objects.main_accounts().filter(path=path, role=Role.MANUFACTURER).first()
    maker = account.enterprise_id if account else None
    relations = DeliveryRelation.objects.of_manufacturer(maker).live()
    return [
        ("有效的配送关系", relations.count(), "条"),
        ("有效的三方协议", _agreements(Q(manufacturer=maker)), "份"),
    ]


def _below(path: str, role: str) -> list[tuple[str, int, str]]:
    hanging = [("有效的三方协议", _agreements(in_subtree(path)), "份")]
    if role == Tier.INSTITUTION:
        return hanging
    relations: QuerySet[DeliveryRelation] = DeliveryRelation.objects.live().filter(in_subtree(path))
    return [("有效的配送关系", relations.count(), "条"), *hanging]


def _agreements(rows: Q) -> int:
    number: int = Agreement.objects.filter(rows, status__in=LIVE).count()
    return number
