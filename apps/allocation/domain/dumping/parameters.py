"""The rules of a round as they were applied: by competition unit all figures, exact and as text.

Invariant: with `reports`, `items`, `winners` and `units` they are enough to compute the round anew. Rules stand still
while their version is published, so what is stored is what was applied.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from apps.allocation.models import DesignationPick
from apps.projects.models import CatalogItem, Project
from apps.volumes.domain.rules.rulebook import Rules, Unit, rules_of
from apps.volumes.models import AgreedTerms, AgreedVersion, RatioClass, RatioRow, Rule
from apps.volumes.models.rules import LINEAR

HEADER = ("competition_unit", "rule", "parameters")
Parameters = dict[str, Any]
Line = tuple[str, str, str]


def rule_lines(
    version: AgreedVersion | None, demand: Project | None, allocation: Project | None
) -> Iterator[Line]:
    """One for each competition unit; of volumes that were imported the policies by which they are completed."""
    picks = _picks(allocation) if allocation else {}
    slots = _slots(allocation) if allocation else {}
    if version is not None and demand is not None:
        lines = _applied(version, rules_of(demand))
    elif demand is None and allocation is not None:
        lines = _imported(allocation)
    else:
        return
    for name, rule, parameters in lines:
        own = {"picks": picks[name]} if name in picks else {}
        yield name, rule, json.dumps(parameters | slots | own, ensure_ascii=False)


def _applied(version: AgreedVersion, rules: Rules) -> Iterator[tuple[str, str, Parameters]]:
    terms: dict[str, list[AgreedTerms]] = defaultdict(list)
    rows = AgreedTerms.objects.filter(version=version).select_related("item")
    for row in rows.order_by("item__position", "item__item_code"):
        terms[row.item.competition_unit].append(row)
    for name, own in terms.items():
        rule, unit = Rule(own[0].rule), rules.units[name]
        yield (
            name,
            rule.value,
            {
                "winners": own[0].winners,
                "rounding": own[0].rounding,
                **_FIGURES[rule](rules, unit, own[0].winners),
                "classes": {
                    row.item.item_code: row.ratio_class
                    for row in own
                    if row.ratio_class != unit.ratio_class
                },
                "items": {row.item.item_code: _item(row) for row in own},
            },
        )


def _item(row: AgreedTerms) -> Parameters:
    """What came out of the rule for an item, before any quantity."""
    return {
        "selected": row.is_selected,
        "highest_cut": row.is_highest_cut,
        "cut": _text(row.cut),
        "ratio": _text(row.ratio),
        "kept_share": _text(row.kept_share),
        "fixed_share": _text(row.fixed_share),
        "pack": row.pack,
    }


def _by_winners(rules: Rules, unit: Unit, winners: int) -> Parameters:
    used = (
        row
        for row in rules.ratios
        if row.first <= winners and (row.last is None or winners <= row.last)
    )
    table = next(map(_ratios, used), None)
    return {"class": unit.ratio_class.value, "table": table} | _whose(rules, unit)


def _ratios(row: RatioRow) -> Parameters:
    return {
        "from": row.first,
        "to": row.last,
        **{ratio_class.value: _text(getattr(row, ratio_class)) for ratio_class in RatioClass},
    }


def _by_group(rules: Rules, unit: Unit, _winners: int) -> Parameters:
    held = rules.settings
    shares = {
        "ratio": _text(held.group_ratio),
        "keep": _text(held.group_keep),
        "fixed": _text(held.group_fixed),
    }
    return shares | {"sharing": unit.sharing.value}


def _by_cut(rules: Rules, unit: Unit, _winners: int) -> Parameters:
    figures = unit.linear or rules.book.linear
    names = [name.removeprefix("linear_") for name in LINEAR]
    return {name: _text(getattr(figures, name)) for name in names} | _whose(rules, unit)


def _by_rank(rules: Rules, _unit: Unit, winners: int) -> Parameters:
    used = max(
        (row for row in rules.cascades if row.winners <= winners),
        key=lambda row: row.winners,
        default=None,
    )
    return {
        "ratio": _text(rules.settings.cascade_ratio),
        "shares": [_text(share) for share in used.shares] if used else [],
    }


_FIGURES = {
    Rule.WINNERS: _by_winners,
    Rule.GROUP: _by_group,
    Rule.LINEAR: _by_cut,
    Rule.CASCADE: _by_rank,
}


def _whose(rules: Rules, unit: Unit) -> Parameters:
    return {"sharing": unit.sharing.value, "unselected": rules.settings.unselected}


def _imported(allocation: Project) -> Iterator[tuple[str, str, Parameters]]:
    items = CatalogItem.objects.filter(project=allocation).order_by("position", "item_code")
    policies = {
        "rounding": allocation.rounding,
        "ratio": _text(allocation.agreed_ratio),
        "keep": _text(allocation.keep_other),
    }
    for name in dict.fromkeys(items.values_list("competition_unit", flat=True)):
        yield name, Rule.GROUP.value, dict(policies)


def _slots(allocation: Project) -> Parameters:
    shares = ("lowest", "highest", "other")
    return {
        "slots": {name: _text(getattr(allocation, f"share_{name}")) for name in shares},
        "pack_rounding": allocation.pack_rounding,
    }


def _picks(allocation: Project) -> Mapping[str, list[Parameters]]:
    """By competition unit whom the alliance named where several share a fixed slot of its product group."""
    units = CatalogItem.objects.filter(project=allocation).order_by("competition_unit")
    groups: dict[str, list[Parameters]] = defaultdict(list)
    rows = DesignationPick.objects.filter(project=allocation).order_by("path", "slot")
    for group, province, slot, uscc in rows.values_list(
        "product_group", "province__code", "slot", "enterprise__uscc"
    ):
        groups[group].append({"group": group, "province": province, "slot": slot, "uscc": uscc})
    by_name: dict[str, list[Parameters]] = defaultdict(list)
    for name, group in units.values_list("competition_unit", "product_group").distinct():
        by_name[name] += groups[group]
    return {name: picks for name, picks in by_name.items() if picks}


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number.normalize():f}"
