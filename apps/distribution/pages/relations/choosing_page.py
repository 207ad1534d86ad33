"""What the page of choosing offers in one province: products that supply it, its places, its enabled distributors."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import QueryDict

from apps.distribution.domain.relations.choosing import supplies
from apps.distribution.domain.relations.crowding import Proposal
from apps.distribution.domain.relations.directory import Unit, carriers_of, choices_of, units_of
from apps.distribution.models import DeliveryRelation
from apps.distribution.models.relation_places import unit_path
from apps.distribution.models.relation_statuses import LIVE
from apps.projects.models import WinningProduct
from apps.projects.models.visibility import BEGUN
from apps.scope.paths import province_path
from apps.ui.numbers import number_of

MOST_TICKED = 5_000


@dataclass(frozen=True, slots=True)
class Option:
    """One box to tick."""

    value: str
    label: str
    note: str = ""
    checked: bool = False
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Ticked:
    """What was ticked, as far as it is on offer."""

    products: Collection[str]
    places: Collection[str]
    carriers: Collection[str]

    @classmethod
    def of(cls, data: QueryDict) -> "Ticked":
        return cls(*(data.getlist(name)[:MOST_TICKED] for name in ("product", "place", "carrier")))

    @property
    def lacks(self) -> str:
        """What is still to be ticked, in words."""
        named = (("产品", self.products), ("地区", self.places), ("配送企业", self.carriers))
        return "、".join(word for word, chosen in named if not chosen)

    @property
    def number(self) -> int:
        return len(self.products) * len(self.places) * len(self.carriers)

    def proposals(self) -> list[Proposal]:
        products, carriers = _numbers(self.products), _numbers(self.carriers)
        return [
            Proposal(product, carrier, place)
            for product in products
            for place in self.places
            for carrier in carriers
        ]


def own_winners(enterprise_id: int | None) -> list[WinningProduct]:
    """The enterprise's winning products of begun projects, the latest project first."""
    rows = WinningProduct.objects.filter(enterprise_id=enterprise_id or 0, project__phase__in=BEGUN)
    named = rows.select_related("item", "project").with_supplies()
    return list(named.order_by("-project_id", "item__position", "pk"))


def usual_province(
    enterprise_id: int | None,
    known: Sequence[Unit],
    served: Collection[str],
    products: Sequence[WinningProduct],
) -> Unit:
    """Where the page opens: where the enterprise chose last, else the first province with something to choose."""
    own = DeliveryRelation.objects.of_manufacturer(enterprise_id).order_by("-pk")
    last = own.values_list("path", flat=True).first()
    if last is not None:
        return next((unit for unit in known if unit.path == province_path(last)), known[0])
    open_to = (unit for unit in known if unit.path in served)
    return next(
        (unit for unit in open_to if any(supplies(each, unit.path) for each in products)), known[0]
    )


def product_options(
    products: Sequence[WinningProduct], province: Unit, ticked: Ticked
) -> list[Option]:
    return [
        Option(
            str(product.pk),
            str(product.item),
            f"{product.item.item_code} · {product.project.code}",
            str(product.pk) in ticked.products,
        )
        for product in products
        if supplies(product, province.path)
    ]


def place_options(province: Unit, ticked: Ticked) -> list[Option]:
    """The province as a whole, its 直属, then cities with their counties below them."""
    units = units_of(province.path)
    depths = {unit.path: unit.depth - province.depth for unit in units}
    return [
        Option(
            place,
            f"{name}（全省）" if place == province.path else name,
            checked=place in ticked.places,
            depth=depths[unit_path(place)] + (place != unit_path(place)),
        )
        for place, name in choices_of(units)
    ]


def carrier_options(province: Unit, ticked: Ticked) -> list[Option]:
    return [
        Option(
            str(carrier.pk),
            carrier.name,
            f"{carrier.username} · {carrier.areas or '未维护配送区域'}",
            str(carrier.pk) in ticked.carriers,
        )
        for carrier in carriers_of([province.path])
    ]


def copy_options(
    enterprise_id: int | None, source: str, targets: Collection[str]
) -> tuple[list[Option], list[Option]]:
    """Products with live relations to copy from, and all to copy to."""
    products = own_winners(enterprise_id)
    live = DeliveryRelation.objects.of_manufacturer(enterprise_id).filter(
        Q(status__in=LIVE), product__in=products
    )
    counted = dict(live.order_by().values_list("product_id").annotate(Count("pk")))
    sources = [
        Option(
            str(product.pk),
            str(product.item),
            f"{product.item.item_code} · {product.project.code} · {counted[product.pk]:,} 条配送关系",
            str(product.pk) == source,
        )
        for product in products
        if product.pk in counted
    ]
    all_of_them = [
        Option(
            str(product.pk),
            str(product.item),
            f"{product.item.item_code} · {product.project.code}",
            str(product.pk) in targets,
        )
        for product in products
    ]
    return sources, all_of_them


def _numbers(texts: Collection[str]) -> list[int]:
    return [number for text in texts if (number := number_of(text)) is not None]


def ids_of(data: Any, name: str) -> list[int]:
    """The ids sent under a name; what is no number is left out."""
    return _numbers(data.getlist(name)[:MOST_TICKED])
