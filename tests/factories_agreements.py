"""Agreed volumes of an institution with relations that deliver them. Nothing here needs a scope to be open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.allocation.models import SupplyTotal
from apps.distribution.domain.agreements.choices import choose_distributors
from apps.distribution.domain.agreements.drawing import draw_agreements
from apps.distribution.models import Agreement, DeliveryRelation
from apps.distribution.models.relation_statuses import Status
from apps.organizations.models import Organization
from apps.projects.domain.money import amount
from apps.projects.models import Phase, Project, WinningProduct
from apps.review.models import Filing
from apps.scope.context import enter, whole_country
from tests import factories_allocation as allocation
from tests import factories_relations as relations
from tests.factories_relations import Trade

QUANTITIES = {"A": 7_776, "B": 1_080, "C": 9_091}


@dataclass
class Deal:
    """A concluded allocation: one institution took A, B and C, of which the maker won A and B."""

    project: Project
    products: dict[str, WinningProduct]
    trade: Trade
    clerk: User

    def relation(
        self, code: str, carrier: int = 0, path: str = relations.WUHAN
    ) -> DeliveryRelation:
        """An agreed relation of a product."""
        number = [product.pk for product in self.trade.products].index(self.products[code].pk)
        return self.trade.in_state(Status.AGREED, product=number, carrier=carrier, path=path)

    def choose(self, **chosen: DeliveryRelation | None) -> tuple[int, int]:
        wanted = {
            self.products[code].pk: relation.pk if relation else None
            for code, relation in chosen.items()
        }
        with enter(scope_of(self.clerk)):
            return choose_distributors(by=Actor.of(self.clerk), project=self.project, chosen=wanted)

    def draw(self) -> list[Agreement]:
        with enter(scope_of(self.clerk)):
            return draw_agreements(by=Actor.of(self.clerk), project=self.project)


def totals(
    project: Project, unit: Organization, products: Mapping[str, WinningProduct], **quantities: int
) -> None:
    """What a unit agreed to take, as its report would have left it."""
    filing = allocation.filing_of(project, unit)
    with whole_country(reason="test"):
        SupplyTotal.objects.bulk_create(
            SupplyTotal(
                filing=filing,
                path=unit.path,
                product=products[code],
                quantity=quantity,
                amount=amount_of(products[code], quantity),
                institutions=1,
                lines=1,
            )
            for code, quantity in quantities.items()
        )


def amount_of(product: WinningProduct, quantity: int) -> Decimal:
    terms = product.terms.earliest("version")
    return amount(terms.price, terms.pack, quantity)


def take_all(products: Sequence[WinningProduct], unit: Organization) -> None:
    """The unit takes part in the products' project, and agreed to take all of them."""
    project = products[0].project
    with whole_country(reason="test"):
        Filing.objects.create(
            project=project, organization=unit, path=unit.path, tier=unit.tier, kind=project.kind
        )
    totals(project, unit, {str(p.pk): p for p in products}, **{str(p.pk): 1 for p in products})


def concluded(project: Project) -> None:
    with whole_country(reason="test"):
        Project.objects.filter(pk=project.pk).update(
            phase=Phase.CONCLUDED, concluded_at=timezone.now()
        )
        project.refresh_from_db()


def deal(
    tree: Mapping[str, Organization],
    maker: User,
    officer: User,
    clerk: User,
    *,
    code: str = "FL-AG",
    carriers: int = 2,
    conclude: bool = True,
    **policies: str,
) -> Deal:
    """`clerk`'s institution and its neighbour take part; only the clerk's took something."""
    units = [clerk.organization, tree["H42010600002"]]
    project = allocation.allocation_project(units, code=code, **policies)
    products = allocation.worked_products(project)
    with whole_country(reason="test"):
        won = [products["A"].pk, products["B"].pk]
        WinningProduct.objects.filter(pk__in=won).update(enterprise=maker.enterprise)
        for product in products.values():
            product.refresh_from_db()
    allocation.volume(project, clerk.organization, allocation.UNSELECTED, 12_503)
    allocation.published(project, officer)
    totals(project, clerk.organization, products, **QUANTITIES)
    if conclude:
        concluded(project)
    distributors = [
        relations.distributor(tree["42"], f"{code}第{n}配送有限公司") for n in range(carriers)
    ]
    own = [products["A"], products["B"]]
    return Deal(project, products, Trade(maker, own, distributors), clerk)
