"""Choosing by Excel: every row resolved to a product, a place and a distributor, every error in its cell."""

import re
from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from apps.distribution.domain.relations.acts import BEYOND, lock_products
from apps.distribution.domain.relations.choosing import supplies
from apps.distribution.domain.relations.crowding import Proposal, live_beside
from apps.distribution.domain.relations.directory import (
    Carrier,
    Unit,
    carriers_of,
    provinces,
    units_of,
)
from apps.distribution.models.relation_places import is_direct, overlap, place_of, unit_path
from apps.exchange.domain.cross_checks import is_sound, spelled
from apps.exchange.domain.dry_run import DryRun
from apps.exchange.files.readings import Reading, Row
from apps.folding.domain.folding import ByFolded, folded
from apps.projects.models import WinningProduct
from apps.scope.context import whole_country
from apps.scope.paths import lineage

Context = Mapping[str, Any]
DIRECT_WORDS = frozenset({"直属", "省(区)直属", "省（区）直属", "省直属", "市直属"})
SHORT = 2
ENDINGS = ("市", "州", "地区", "盟", "自治州", "区", "县", "旗")
# 恩施土家族苗族自治州 → 恩施州; a name of two characters keeps its ending (忠县).
NATIONS = re.compile(r"(?<=..)(?:[^族]{1,4}族){1,4}(?:自治(?=[州县旗]))|自治(?=[州县旗])")


class Directory:
    """What the rows name, read once: the enterprise's products, and of the named provinces units and distributors."""

    def __init__(self, enterprise_id: int, reading: Reading) -> None:
        rows = WinningProduct.objects.filter(enterprise_id=enterprise_id)
        self.products = {
            (product.project.code, product.item.item_code): product
            for product in rows.select_related("item", "project").with_supplies()
        }
        self.provinces = ByFolded((name, unit) for unit in provinces() for name in _names(unit))
        named = {
            self.provinces[row["province"]] for row in reading if row["province"] in self.provinces
        }
        self.units = {unit.path: units_of(unit.path) for unit in named}
        self.carriers = {
            (carrier.province, folded(carrier.username)): carrier
            for carrier in carriers_of([unit.path for unit in named])
        }

    def below(self, province: str, parent: str, name: str) -> Unit | None:
        """The unit of that name or code directly below another."""
        found = [
            unit
            for unit in self.units[province]
            if unit.parent == parent and folded(name) in set(map(folded, _names(unit)))
        ]
        return found[0] if len(found) == 1 else None


def check_choices(reading: Reading, context: Context) -> DryRun:
    """Proposals: `new` ones, and as `unchanged` those that live already. Writes nothing."""
    outcome = DryRun()
    known = Directory(context["enterprise_id"], reading)
    proposals: list[tuple[Row, Proposal]] = []
    projects, codes = ({key[place] for key in known.products} for place in (0, 1))
    for row in spelled(reading, project=projects, item_code=codes):
        try:
            proposal = _resolve(row, known)
        except Wrong as wrong:
            is_sound(outcome, row, [row.problem(wrong.column, wrong.sentence)])
        else:
            if is_sound(outcome, row, []):
                proposals.append((row, proposal))
    with whole_country(reason=BEYOND):
        beside = (
            [proposal for _, proposal, _ in live_beside([p for _, p in proposals])]
            if proposals
            else []
        )
    _compare(proposals, beside, outcome)
    return outcome


class Wrong(Exception):
    """What is wrong with a row: the column's key and a sentence."""

    def __init__(self, column: str, sentence: str) -> None:
        super().__init__(sentence)
        self.column, self.sentence = column, sentence


def _resolve(row: Row, known: Directory) -> Proposal:
    """The proposal of a row. Raises `Wrong`."""
    product = known.products.get((row["project"], row["item_code"]))
    if product is None:
        raise Wrong("item_code", "不是本企业在该项目的中选产品，请核对项目编码和品规编号")
    province = known.provinces.get(row["province"])
    if province is None:
        raise Wrong("province", "没有这个省份，请填写如“湖北”或“湖北省”")
    if not supplies(product, province.path):
        raise Wrong("province", "该产品不供应这个省份")
    place = _place(row, province, known)
    carrier: Carrier | None = known.carriers.get((province.path, folded(row["username"])))
    if carrier is None:
        raise Wrong("username", "不是该省已启用的配送企业用户名")
    if row["carrier"] and folded(row["carrier"]) != folded(carrier.name):
        raise Wrong("carrier", f"与用户名不一致，{carrier.username} 是“{carrier.name}”")
    return Proposal(product.pk, carrier.pk, place)


def _place(row: Row, province: Unit, known: Directory) -> str:
    """The place that province, city and county name. Raises `Wrong`."""
    if not row["city"]:
        if row["county"]:
            raise Wrong("city", "填写了区县，请同时填写它所在的地市")
        return province.path
    if row["city"] in DIRECT_WORDS:
        return place_of(province.path, direct=True)
    city = known.below(province.path, province.path, row["city"])
    if city is None:
        raise Wrong("city", "该省没有这个地市，请填写全称或行政区划代码")
    if not row["county"]:
        return city.path
    if row["county"] in DIRECT_WORDS:
        return place_of(city.path, direct=True)
    county = known.below(province.path, city.path, row["county"])
    if county is None:
        raise Wrong("county", "该市没有这个区县，请填写全称或行政区划代码")
    return county.path


def place_in_words(place: str, names: Mapping[str, str]) -> tuple[str, str, str]:
    """Province, city and county as `_place` reads them; `names` are those of bureaus by path."""
    path = unit_path(place)
    province, *below = [names.get(above, above) for above in lineage(path)[1:]]
    direct = ["直属" if below else "省(区)直属"] if is_direct(place) else []
    city, county = [*below, *direct, "", ""][:2]
    return province, city, county


def _compare(
    proposals: list[tuple[Row, Proposal]], beside: list[Proposal], outcome: DryRun
) -> None:
    there = set(beside)
    places: dict[tuple[int, int], list[str]] = defaultdict(list)
    for relation in (*there, *(proposal for _, proposal in proposals if proposal not in there)):
        places[relation.product_id, relation.distributor_id].append(relation.path)
    for row, relation in proposals:
        others = places[relation.product_id, relation.distributor_id]
        if any(path != relation.path and overlap(path, relation.path) for path in others):
            said = "同一产品的同一家配送企业已选择了包含该地区、或在该地区之内的其他地区"
            outcome.problems.append(row.problem("city", said))
        elif relation in there:
            outcome.unchanged.append(relation)
        else:
            outcome.new.append(relation)


def lock_for_choices(context: Context) -> None:
    """Whoever chooses for the same products waits, so that the last check holds."""
    ids = WinningProduct.objects.filter(enterprise_id=context["enterprise_id"])
    lock_products(ids.values_list("pk", flat=True))


def _names(unit: Unit) -> set[str]:
    """湖北, 湖北省; 武汉市, 武汉; 恩施土家族苗族自治州, 恩施州, 恩施; 武昌区, 武昌; the code."""
    names = {unit.code, unit.name}
    if unit.depth > SHORT:
        short = NATIONS.sub("", unit.name)
        return (
            names | {short} | {short.removesuffix(word) for word in ENDINGS if len(short) > SHORT}
        )
    return names | {
        f"{unit.name}{word}"
        for word in ("省", "市", "自治区", "壮族自治区", "回族自治区", "维吾尔自治区")
    }
