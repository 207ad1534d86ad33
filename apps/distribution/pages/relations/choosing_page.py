"""What the desk of choosing shows of one province: products, places, distributors, and what the ticks come to.

Everything is made from what the form sent: the page works alike when a script asks for it and when a button does.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Q
from django.http import QueryDict

from apps.distribution.domain.relations.choosing import MOST, supplies
from apps.distribution.domain.relations.crowding import Proposal
from apps.distribution.domain.relations.declared import Declared, Found, carriers_for
from apps.distribution.domain.relations.directory import Unit, choices_of, units_of
from apps.distribution.domain.relations.outlook import (
    Cell,
    Outcome,
    Standing,
    Wish,
    matrix,
    outcome_of,
    proposals,
)
from apps.distribution.models import DeliveryRelation
from apps.distribution.models.relation_places import is_direct, unit_path
from apps.distribution.models.relation_statuses import LIVE
from apps.folding.domain.folding import is_said
from apps.projects.models import WinningProduct
from apps.projects.models.visibility import BEGUN
from apps.scope.paths import province_path
from apps.ui.numbers import number_of

MOST_TICKED = 5_000
MOST_ROWS, MOST_COLUMNS = 60, 40
LONGEST_SEARCH = 60
LEVELS = (
    ("", "全部级别"),
    ("province", "全省和省直属"),
    ("city", "地市"),
    ("county", "区县和直属"),
)


@dataclass(frozen=True, slots=True)
class Option:
    """One box to tick."""

    value: str
    label: str
    note: str = ""
    checked: bool = False
    depth: int = 0
    mark: str = ""


@dataclass(frozen=True)
class Ticked:
    """What was ticked and searched for, as it was sent."""

    products: Collection[str]
    places: Collection[str]
    carriers: Collection[str]
    searches: dict[str, str]
    only_declared: bool
    only_missing: bool

    @classmethod
    def of(cls, data: QueryDict) -> "Ticked":
        products, places, carriers = (
            data.getlist(name)[:MOST_TICKED] for name in ("product", "place", "carrier")
        )
        names = ("find_product", "find_place", "find_carrier", "level")
        searches = {name: data.get(name, "")[:LONGEST_SEARCH] for name in names}
        return cls(
            products, places, carriers, searches, "only_declared" in data, "only_missing" in data
        )

    @property
    def lacks(self) -> str:
        """What is still to be ticked, in words."""
        named = (("产品", self.products), ("地区", self.places), ("配送企业", self.carriers))
        return "、".join(word for word, chosen in named if not chosen)

    @cached_property
    def wish(self) -> Wish:
        return Wish(
            _numbers(self.products),
            list(self.places),
            _numbers(self.carriers),
            self.only_declared,
            self.only_missing,
        )


class ChoosingDesk:
    """One province at the desk; `shown` is what its template gets."""

    def __init__(
        self,
        enterprise_id: int | None,
        province: Unit,
        products: Sequence[WinningProduct],
        ticked: Ticked,
    ) -> None:
        self.enterprise_id, self.province, self.ticked = enterprise_id, province, ticked
        self.products = [product for product in products if supplies(product, province.path)]
        self.units = units_of(province.path)

    @property
    def is_too_much(self) -> bool:
        return self.ticked.wish.number > MOST

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        return choices_of(self.units)

    @cached_property
    def standing(self) -> Standing:
        known = {product.pk for product in self.products} | set(self.ticked.wish.products)
        return Standing(self.enterprise_id, known, self.province.path)

    @cached_property
    def proposals(self) -> list[Proposal]:
        """What saving would write; nothing while it is more than is written at once."""
        wish = self.ticked.wish
        if self.is_too_much:
            return []
        return proposals(wish, self.standing, Declared(wish.carriers))

    def shown(self) -> dict[str, Any]:
        found = self._found()
        return {
            "province": self.province,
            "supplied": bool(self.products),
            "ticked": self.ticked,
            "products": self._product_options(),
            "places": self._place_options(),
            "carriers": _carrier_options(found, self.ticked),
            "found": found,
            "levels": LEVELS,
            "outcome": self._outcome(),
            "most": f"{MOST:,}" if self.is_too_much else "",
            **self._matrix(),
        }

    def _outcome(self) -> Outcome | None:
        return (
            None
            if self.ticked.lacks or self.is_too_much
            else outcome_of(self.proposals, self.standing)
        )

    def _found(self) -> Found:
        wish = self.ticked.wish
        return carriers_for(
            self.province.path,
            query=self.ticked.searches["find_carrier"],
            places=[place for place, _ in self.places if place in wish.places],
            keep=wish.carriers,
        )

    def _product_options(self) -> list[Option]:
        options = []
        for product in self.products:
            item, project = product.item, product.project
            value = str(product.pk)
            checked = value in self.ticked.products
            texts = (
                item.variety,
                item.pinyin,
                item.specification,
                item.item_code,
                project.code,
                project.name,
            )
            if checked or is_said(self.ticked.searches["find_product"], *texts):
                note = f"{item.item_code} · {project.code}"
                options.append(Option(value, str(item), note, checked))
        return options

    def _place_options(self) -> list[Option]:
        """The province as a whole, its 直属, then cities with their counties below them."""
        by_path = {unit.path: unit for unit in self.units}
        query, level = self.ticked.searches["find_place"], self.ticked.searches["level"]
        options = []
        for place, name in self.places:
            unit = by_path[unit_path(place)]
            depth = unit.depth - self.province.depth + is_direct(place)
            checked = place in self.ticked.places
            is_wanted = level in {"", _level(unit, place, self.province)}
            if checked or (is_wanted and is_said(query, name, unit.pinyin, unit.code)):
                label = f"{name}（全省）" if place == self.province.path else name
                options.append(Option(place, label, checked=checked, depth=depth))
        return options

    def _matrix(self) -> dict[str, Any]:
        """Ticked products by ticked places; before anything is ticked, all products by the cities."""
        wanted = set(self.ticked.wish.products)
        products = [product for product in self.products if not wanted or product.pk in wanted]
        ticked = [place for place in self.places if place[0] in self.ticked.places]
        cities = [
            (unit.path, unit.name) for unit in self.units if unit.depth == self.province.depth + 1
        ]
        places = ticked or cities or [(self.province.path, self.province.name)]
        rows, columns = products[:MOST_ROWS], places[:MOST_COLUMNS]
        cells: list[list[Cell]] = matrix(
            [row.pk for row in rows],
            [place for place, _ in columns],
            self.proposals,
            self.standing,
        )
        return {
            "matrix": list(zip(rows, cells, strict=True)),
            "columns": [name for _, name in columns],
            "left_out": len(products) > len(rows) or len(places) > len(columns),
        }


def _level(unit: Unit, place: str, province: Unit) -> str:
    depth = unit.depth - province.depth
    if depth == 0:
        return "province"
    return "city" if depth == 1 and not is_direct(place) else "county"


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
        (unit for unit in open_to if any(supplies(product, unit.path) for product in products)),
        known[0],
    )


def _carrier_options(found: Found, ticked: Ticked) -> list[Option]:
    return [
        Option(
            str(carrier.pk),
            carrier.name,
            f"{carrier.username} · {carrier.areas or '未维护配送区域'}",
            str(carrier.pk) in ticked.carriers,
            mark="已申报" if carrier.declares else "",
        )
        for carrier in found.carriers
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
    return list(dict.fromkeys(n for text in texts if (n := number_of(text)) is not None))


def ids_of(data: Any, name: str) -> list[int]:
    """The ids sent under a name; what is no number is left out."""
    return _numbers(data.getlist(name)[:MOST_TICKED])
