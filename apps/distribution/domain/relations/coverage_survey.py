"""Which products a viewer looks at, and how far each is delivered in the viewer's part of the country."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from apps.accounts.models.roles import Role
from apps.allocation.models import SupplyTotal
from apps.distribution.domain.relations.coverage import Cover, Land
from apps.distribution.domain.relations.directory import Unit, country, units_of
from apps.distribution.domain.relations.filters import top_of
from apps.distribution.models import DeliveryRelation
from apps.distribution.models.relation_places import serving
from apps.organizations.models import Tier
from apps.projects.models import SupplyProvince, WinningProduct
from apps.projects.models.visibility import BEGUN
from apps.scope.paths import ROOT, province_path


class Survey:
    """The viewer's part of the country, and covers of products in it; reads once."""

    def __init__(self, user: Any) -> None:
        self.top = top_of(user)
        self.user = user
        self.units: list[Unit] = country() if self.top == ROOT else units_of(self.top)
        self.land = Land(self.units)

    def products(self) -> QuerySet[Any]:
        """The winning products to look at: a manufacturer's own, or those that supply the viewer's province."""
        rows = WinningProduct.objects.of_allocations().filter(project__phase__in=BEGUN)
        if self.user.role == Role.MANUFACTURER:
            rows = rows.filter(enterprise_id=self.user.enterprise_id)
        elif self.top != ROOT:
            any_province = SupplyProvince.objects.filter(product=OuterRef("pk"))
            here = any_province.filter(province__path=province_path(self.top))
            rows = rows.filter(~Exists(any_province) | Exists(here))
        supplied = Prefetch("supplies", SupplyProvince.objects.select_related("province"))
        return rows.select_related("item", "enterprise", "project").prefetch_related(supplied)

    def covers(self, products: Sequence[WinningProduct]) -> dict[int, Cover]:
        """By product id; one statement, which tells each place once however many deliver to it."""
        rows = DeliveryRelation.objects.all().delivering().filter(product__in=products)
        counted = rows.order_by().values_list("product_id").annotate(
            places=ArrayAgg("path", distinct=True),
            carriers=ArrayAgg("carrier__name", distinct=True),
        )  # fmt: skip
        places = {product: paths for product, paths, _ in counted}
        carriers = {product: sorted(names) for product, _, names in counted}
        return {
            product.pk: self.land.cover(
                places.get(product.pk, ()), carriers.get(product.pk, ()), self.supplied(product)
            )
            for product in products
        }

    def supplied(self, product: WinningProduct) -> list[Unit]:
        """The tops in which the product is supplied at all."""
        named = {supply.province.path for supply in product.supplies.all()}
        tops = self.land.tops if self.top != ROOT else self.provinces
        return [top for top in tops if not named or province_path(top.path) in named]

    @property
    def provinces(self) -> list[Unit]:
        return [unit for unit in self.land.tops if unit.depth == 2]  # noqa: PLR2004 (below the root)


def own_agreements(user: Any) -> QuerySet[Any]:
    """协议采购量 of the institution itself, by product."""
    rows = SupplyTotal.objects.filter(
        filing__organization_id=user.organization_id, filing__tier=Tier.INSTITUTION
    )
    return rows.select_related("product__item", "product__enterprise", "filing__project").order_by(
        "-filing__project__published_at", "product__item__position", "pk"
    )


def deliverers_of(user: Any, totals: Iterable[SupplyTotal]) -> dict[int, list[DeliveryRelation]]:
    """By product id, the agreed relations that reach the institution; one statement."""
    rows = DeliveryRelation.objects.agreed().filter(
        Q(path__in=serving(user.path)), product_id__in=[total.product_id for total in totals]
    )
    relations: dict[int, list[DeliveryRelation]] = defaultdict(list)
    for relation in rows.select_related("carrier", "area__division", "distributor__user").order_by(
        "-path"
    ):
        relations[relation.product_id].append(relation)
    return relations
