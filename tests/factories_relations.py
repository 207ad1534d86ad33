"""Winning products, enabled distributors and relations for tests. Nothing here needs a scope to be open."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.distribution.domain.relations.acts import perform
from apps.distribution.domain.relations.choosing import choose
from apps.distribution.domain.relations.crowding import Proposal
from apps.distribution.models import DeliveryRelation, DistributorAccount
from apps.distribution.models.relation_statuses import Action, Status
from apps.organizations.models import Enterprise, Organization
from apps.projects.models import Phase, Project, WinningProduct
from apps.scope.context import enter, whole_country
from tests import factories
from tests.factories_projects import (
    CatalogItemFactory,
    ProjectFactory,
    WinningProductFactory,
    walk_to,
)

HUBEI, WUHAN, WUCHANG = "/0/42/", "/0/42/420100/", "/0/42/420100/420106/"
HUANGSHI, DIRECT, SHANXI = "/0/42/420200/", "/0/42/-/", "/0/14/"


def distributor(
    province: Organization,
    name: str,
    *,
    user: User | None = None,
    enterprise: Enterprise | None = None,
    active: bool = True,
) -> DistributorAccount:
    """An issued distributor of a province with its user, or the one that `user` is of."""
    with whole_country(reason="test"):
        carrier = user.enterprise if user else enterprise or factories.EnterpriseFactory(name=name)
        holder = user or factories.enterprise_account(
            carrier,
            Role.DISTRIBUTOR,
            province,
            username=f"P{province.code}{carrier.uscc[-6:]}",
            is_active=active,
        )
        account = DistributorAccount.at(
            province,
            carrier,
            legal_representative="法人",
            authorized_person="被授权人",
            phone="027-00000000",
            issued_at=timezone.now(),
            issued_by=holder,
            user=holder,
        )
        account.save()
        return account


def winners(
    maker: Enterprise,
    *,
    number: int = 2,
    code: str = "FL-P",
    supplied: Sequence[Organization] = (),
    phase: Phase = Phase.PUBLISHED,
) -> list[WinningProduct]:
    """So many winning products of an enterprise in a begun project of its own."""
    with whole_country(reason="test"):
        project = ProjectFactory(code=code, name=f"{code} 中成药分量")
        products = [
            WinningProductFactory(
                item=CatalogItemFactory(project=project, specification=f"0.{n + 1}g"),
                enterprise=maker,
                supplied=supplied,
            )
            for n in range(number)
        ]
    walk_to(project, phase)
    return products


@dataclass
class Trade:
    """A manufacturer with products, and distributors of Hubei; acts run in the person's own scope."""

    maker: User
    products: list[WinningProduct]
    carriers: list[DistributorAccount]
    people: dict[int, User] = field(default_factory=dict)

    @property
    def project(self) -> Project:
        return self.products[0].project

    def proposal(self, product: int = 0, carrier: int = 0, path: str = WUHAN) -> Proposal:
        return Proposal(self.products[product].pk, self.carriers[carrier].pk, path)

    def chosen(self, *proposals: Proposal, submit: bool = False) -> list[DeliveryRelation]:
        """The relations that choosing these came to, in their order."""
        with enter(scope_of(self.maker)):
            choose(proposals, by=Actor.of(self.maker), submit=submit)
        with whole_country(reason="test"):
            live = DeliveryRelation.objects.live()
            return [
                live.get(product_id=p.product_id, distributor_id=p.distributor_id, path=p.path)
                for p in proposals
            ]

    def act(
        self, relations: Iterable[DeliveryRelation], action: Action, user: User, reason: str = ""
    ) -> list[DeliveryRelation]:
        with enter(scope_of(user)):
            return perform([r.pk for r in relations], action, by=Actor.of(user), reason=reason)

    def by_maker(
        self, action: Action, *relations: DeliveryRelation, reason: str = ""
    ) -> list[DeliveryRelation]:
        return self.act(relations, action, self.maker, reason)

    def by_carrier(
        self, action: Action, *relations: DeliveryRelation, reason: str = ""
    ) -> list[DeliveryRelation]:
        return self.act(relations, action, user_of(relations[0].distributor_id), reason)

    def in_state(self, status: Status, **place: Any) -> DeliveryRelation:
        """A relation that has come to this status by the acts of both."""
        (relation,) = self.chosen(self.proposal(**place), submit=status != Status.DRAFT)
        if status == Status.AGREED:
            self.by_carrier(Action.AGREE, relation)
        elif status == Status.REFUSED:
            self.by_carrier(Action.REFUSE, relation, reason="运力不足")
        elif status == Status.VOID:
            self.by_maker(Action.VOID, relation)
        return fresh(relation)


def trade(
    maker: User, province: Organization, *, products: int = 2, carriers: int = 2, code: str = "FL-P"
) -> Trade:
    return Trade(
        maker,
        winners(maker.enterprise, number=products, code=code),
        [distributor(province, f"荆楚第{n}配送有限公司") for n in range(carriers)],
    )


def user_of(distributor_id: int) -> User:
    with whole_country(reason="test"):
        account = DistributorAccount.objects.select_related("user__enterprise").get(
            pk=distributor_id
        )
        assert account.user is not None
        return account.user


def fresh(relation: DeliveryRelation) -> DeliveryRelation:
    with whole_country(reason="test"):
        return DeliveryRelation.objects.get(pk=relation.pk)


def set_enabled(account: DistributorAccount, *, active: bool) -> None:
    with whole_country(reason="test"):
        User.objects.filter(pk=account.user_id).update(is_active=active)
