"""What would hinder or surprise a generation, competition unit by competition unit, before it is started. Pure.

Invariant: nothing is decided here; each sentence says what the calculation itself will do.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from apps.projects.domain.supply import holder, primary_products
from apps.projects.models import CatalogItem
from apps.volumes.domain.agreed.calculating import RuleGap, terms_of
from apps.volumes.domain.agreed.keeping import NAMED, rank_gaps
from apps.volumes.domain.rules.rulebook import Rules, Unit
from apps.volumes.models import Rule, Sharing

Provinces = Mapping[str, str]
"""Names by path of the provinces that take part."""


def cautions(rules: Rules, provinces: Provinces) -> dict[str, list[str]]:
    """By competition unit, of those that have any, in the order of the catalogue."""
    items: dict[str, list[CatalogItem]] = defaultdict(list)
    for item in rules.items:
        items[item.competition_unit].append(item)
    by_rule = {
        name: list(dict.fromkeys(_of_unit(unit, items[name], rules, provinces)))
        for name, unit in rules.units.items()
    }
    return {name: sentences for name, sentences in by_rule.items() if sentences}


def _of_unit(
    unit: Unit, items: Sequence[CatalogItem], rules: Rules, provinces: Provinces
) -> Iterator[str]:
    if unit.given is not None and unit.given != unit.counted:
        yield (f"指定 {unit.given} 家中选，导入的中选结果是 {unit.counted} 家，不一致时不能发布")
    if unit.rule == Rule.CASCADE and unit.results:
        prefix = f"竞争单元“{unit.name}”按名次分配："
        yield from (gap.removeprefix(prefix) for gap in rank_gaps(unit, provinces))
    for item in items:
        yield from _gap_of(item, rules)
        if unit.rule != Rule.CASCADE and unit.results:
            yield from _pending(item, unit, rules, provinces)


def _gap_of(item: CatalogItem, rules: Rules) -> Iterator[str]:
    """A cut that is missing or too small, a number of winners that no table has."""
    try:
        terms_of(rules.facts(item), rules.book)
    except RuleGap as gap:
        yield f"{item.item_code}：{gap}"


def _pending(item: CatalogItem, unit: Unit, rules: Rules, provinces: Provinces) -> Iterator[str]:
    """Provinces in which what should be kept is nobody's."""
    won = [result.supplier for result in unit.results if result.item_id == item.pk]
    if not won:
        if not rules.facts(item).to_primary:
            return
        suppliers = [result.supplier for result in unit.results]
        lacking = [path for path in provinces if not primary_products(suppliers, path)]
        if lacking:
            yield f"{item.item_code} 未中选，{_named(lacking, provinces)}没有唯一的主供企业，转为待分配"
        return
    by_choice = unit.sharing == Sharing.CHOICE
    nobody = [path for path in provinces if not any(product.supplies(path) for product in won)]
    if nobody:
        yield f"{item.item_code} 的中选企业不供应{_named(nobody, provinces)}，转为待分配"
    if len(won) > 1 and not by_choice:
        lacking = [path for path in provinces if path not in nobody and holder(won, path) is None]
        if lacking:
            yield (
                f"{item.item_code} 有 {len(won)} 家中选，{_named(lacking, provinces)}"
                "没有唯一的主供企业，转为待分配"
            )


def _named(paths: Iterable[str], provinces: Provinces) -> str:
    names = [provinces[path] for path in paths]
    if len(names) == len(provinces) and len(names) > 1:
        return "各参加省份"
    return "、".join(names[:NAMED]) + (f" 等 {len(names)} 省" if len(names) > NAMED else "")
