"""Distributors of the matrix: the carrier with a relation and a sub-distributor, its rival, and one of Shanxi."""

from typing import Any

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.distribution.domain.relations.chains import set_link
from apps.distribution.domain.relations.choosing import choose
from apps.distribution.domain.relations.crowding import Proposal
from apps.distribution.models import DeliveryRelation, DistributorAccount
from apps.distribution.models.relation_statuses import Status
from apps.projects.models import WinningProduct
from apps.scope.context import whole_country
from tests import factories_distribution as delivery
from tests.cast import Tree

RIVAL = "鄂邻配送有限公司"


def distributors_of(tree: Tree, people: dict[str, User]) -> dict[str, Any]:
    """The carrier and a rival in Hubei, both issued; one of Shanxi."""
    by = people["province"]
    own = delivery.distributor(tree["42"], enterprise=people["carrier"].enterprise)
    delivery.issued_to(own, by, people["carrier"])
    rival = delivery.distributor(tree["42"], RIVAL)
    delivery.issued(rival, by, username="P420099")
    delivery.areas(rival, "420106")
    foreign = delivery.distributor(tree["14"], "晋批配送有限公司")
    waiting = delivery.distributor(tree["42"], "鄂邻配送二有限公司")
    lower = delivery.distributor(tree["42"], "鄂下级配送有限公司")
    delivery.issued(lower, by, username="P420098")
    return {
        "distribution:distributor_": {"pk": rival.pk},
        "distribution:distributor_delete": {"pk": waiting.pk},
        **relations_of(people, own, foreign),
        "distribution:chain_": {"pk": chain_of(people["carrier"], lower)},
    }


def relations_of(
    people: dict[str, User], own: DistributorAccount, foreign: DistributorAccount
) -> dict[str, Any]:
    """The maker's product A goes to the carrier in 武汉; Shanxi's B to a distributor of its own."""
    with whole_country(reason="test"):
        winners = WinningProduct.objects.filter(item__item_code="A")
        product = winners.get(project__code="FL-HUBEI")
        by, wuhan = Actor.of(people["maker"]), people["city"].path
        choose([Proposal(product.pk, own.pk, wuhan)], by=by, submit=True)
        relation = DeliveryRelation.objects.get()
        stranger = winners.get(project__code="FL-SHANXI")
        DeliveryRelation.objects.create(
            project=stranger.project,
            product=stranger,
            manufacturer=stranger.enterprise,
            distributor=foreign,
            carrier=foreign.enterprise,
            area=foreign.province,
            path=foreign.province.path,
            submitted_at=timezone.now(),
            status=Status.SUBMITTED,
        )
        return {
            "distribution:relation_": {"pk": relation.pk, "action": "void"},
            "distribution:relation_move@agree": {"pk": relation.pk, "action": "agree"},
            "distribution:limit_": {"code": "FL-HUBEI"},
        }


def chain_of(upper: User, lower: DistributorAccount) -> int:
    """The carrier lets another deliver for it."""
    with whole_country(reason="test"):
        return int(set_link(lower.pk, by=Actor.of(upper)).pk)
