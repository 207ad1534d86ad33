"""What a dumped round says, compared with the same computed anew: one sentence per difference.

Knows nothing of the product. R1, R2 and R4 are compared to the unit; R6, which leaves a choice within one unit, by
what must hold of it at every level of the tree.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import floor

from tests.recomputed.dump import Dump, Held, Taken, Winner, province_of
from tests.recomputed.figures import Figures, Terms
from tests.recomputed.ranks import rank_differences
from tests.recomputed.slots import slot_differences

NOTHING = Held(0, 0, 0, 0)


def differences(dump: Dump) -> Iterator[str]:
    """All of them; none is a round that follows from its reports, winners and rules."""
    figures = Figures(dump)
    yield from tree_differences(dump)
    yield from rule_differences(figures)
    yield from agreed_differences(figures)
    yield from province_differences(figures)
    yield from confirmed_differences(figures)
    yield from rank_differences(figures)
    yield from row_differences(dump)
    yield from slot_differences(figures)
    yield from agreement_differences(dump)


def tree_differences(dump: Dump) -> Iterator[str]:
    for name, places in (
        ("reports", {path for path, _item in dump.reports}),
        ("agreed", {path for path, _item in dump.agreed}),
        ("rows", {path for path, _item in dump.rows}),
    ):
        for path in sorted(places - set(dump.tiers)):
            yield f"{name}: {path} is not in the tree"
    for path, tier in dump.tiers.items():
        if (path == "/0/") != (tier == "alliance"):
            yield f"units: {path} is {tier}"
    for code, item in dump.items.items():
        main = dump.items[item.main]
        if (main.main, main.coefficient) != (main.code, 1) or main.unit != item.unit:
            yield f"items: {code} is converted to {main.code}, which is not a main one of its unit"


def rule_differences(figures: Figures) -> Iterator[str]:
    """Winners counted anew, and what came out for each item."""
    for unit, rule in figures.dump.rules.items():
        number = len({winner.uscc for winner in figures.winners[unit]})
        if number != rule.figures["winners"]:
            yield f"rules: {unit} has {number} winners, not {rule.figures['winners']}"
        for code, told in rule.figures["items"].items():
            terms = figures.terms[code]
            found: dict[str, object] = {
                "selected": terms.is_selected,
                "ratio": terms.ratio,
                "kept_share": terms.keep,
                "pack": terms.pack,
            }
            if rule.name in {"r2", "r4"}:  # elsewhere a cut may come later
                found |= {"highest_cut": terms.is_highest, "cut": terms.cut}
            for name, value in found.items():
                known = told[name]
                if (Fraction(known) if isinstance(known, str) else known) != value:
                    yield f"rules: {code} {name} is {value}, not {known}"


def agreed_differences(figures: Figures) -> Iterator[str]:
    """Every unit of the tree; of R6 what is kept is told by the ranks."""
    dump = figures.dump
    wanted: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for (path, code), held in figures.institutions.items():
        own = _as_published(dump, path, code) if figures.terms[code].rule == "r6" else held
        for place in dump.above(path):
            sums = wanted[place, code]
            sums[0] += held.base
            sums[1] += held.agreed
            sums[2] += own.kept
            sums[3] += own.pending
    for key in sorted(wanted.keys() | dump.agreed.keys()):
        found, told = Held(*wanted[key]), dump.agreed.get(key, NOTHING)
        if found != told or found.agreed != found.kept + found.pending:
            yield f"agreed: {key} is {told}, computed {found}"
    yield from (f"agreed: {key} has no base" for key, held in dump.agreed.items() if not held.base)


def _as_published(dump: Dump, path: str, code: str) -> Held:
    return dump.agreed.get((path, code), NOTHING)


def province_differences(figures: Figures) -> Iterator[str]:
    """A province's agreed volume is its base × ratio, rounded once; but R2, which rounds every row."""
    dump = figures.dump
    for (path, code), base in figures.bases.items():
        terms = figures.terms[code]
        if dump.tiers[path] != "province" or terms.rule == "r2":
            continue
        agreed, told = terms.whole(base * terms.ratio), _as_published(dump, path, code)
        if told.agreed != agreed:
            yield f"agreed: {path} has {told.agreed} of {code}, the rounded product is {agreed}"
        keeper = figures.keeper(code, province_of(path))
        if problem := _province_part(figures.kept_here(code, keeper), told, base, keeper):
            yield f"agreed: {path} {code} {problem}"


def _province_part(terms: Terms, told: Held, base: int, keeper: object) -> str:
    if terms.rule == "r6":
        return ""
    if keeper is None:
        return f"keeps {told.kept} for nobody" if told.kept else ""
    if terms.rule == "r4" and terms.is_selected and told.kept != floor(base * terms.keep):
        return f"keeps {told.kept} of {base}, not {terms.keep}"
    if terms.rule == "r1" and terms.is_selected and told.pending:
        return f"loses {told.pending}"
    return ""


def confirmed_differences(figures: Figures) -> Iterator[str]:
    """To the unit but for ranks; and nothing is converted but by the coefficient of what was won."""
    dump = figures.dump
    ranked = {unit for unit, rule in dump.rules.items() if rule.name == "r6"}
    told = {
        key: quantity
        for key, (quantity, _converted) in dump.confirmed.items()
        if dump.items[key[1]].unit not in ranked
    }
    yield from _unequal("confirmed", told, figures.confirmed)
    won = {(winner.item, winner.uscc) for winner in dump.winners}
    for (path, code, uscc), (quantity, converted) in dump.confirmed.items():
        if quantity <= 0 or converted != quantity * dump.items[code].coefficient:
            yield f"confirmed: {path} {code} {quantity} is not {converted}"
        if (code, uscc) not in won:
            yield f"confirmed: {path} {code} was not won by {uscc}"


def row_differences(dump: Dump) -> Iterator[str]:
    """What was generated is what was published, for every institution that has anything."""
    if not dump.rows:
        return
    told = {key: row[:3] for key, row in dump.rows.items()}
    published = {
        key: (held.agreed, held.kept, held.pending)
        for key, held in dump.agreed.items()
        if dump.tiers[key[0]] == "institution" and held.agreed
    }
    yield from _unequal("rows", told, published)


def agreement_differences(dump: Dump) -> Iterator[str]:
    """Units hold what is confirmed, packs are whole, amounts are rounded once, nobody exceeds a capacity."""
    products = {(winner.item, winner.uscc): winner for winner in dump.winners}
    sums: dict[tuple[str, str], int] = defaultdict(int)
    waiting = {
        (path, dump.items[code].group) for (path, code), row in dump.rows.items() if sum(row[3:])
    }
    for key, (units, packs, amount) in dump.agreements.items():
        path, code, uscc = key
        own, (confirmed, _) = products[code, uscc], dump.confirmed.get(key, (0, 0))
        sums[code, uscc] += units
        if units < confirmed or (
            units > confirmed and (path, dump.items[code].group) not in waiting
        ):
            yield f"agreements: {key} has {units}, confirmed {confirmed}"
        rounding = dump.rule_of(code).figures["pack_rounding"]
        yield from _of_packs(key, own, units, packs, amount, rounding)
    if dump.agreements:
        for key in sorted(dump.confirmed.keys() - dump.agreements.keys()):
            yield f"agreements: {key} is confirmed and missing"
    for product, total in sums.items():
        capacity = products[product].capacity
        if capacity is not None and total > capacity:
            yield f"agreements: {product} takes {total} of {capacity}"


def _of_packs(
    key: Taken, winner: Winner, units: int, packs: int, amount: Fraction, rounding: str
) -> Iterator[str]:
    if winner.pack is None or winner.price is None:
        yield f"agreements: {key} has neither pack nor price"
        return
    fen = floor(winner.price * units / winner.pack * 100 + Fraction(1, 2))
    whole = whole_packs(units, winner.pack, rounding)
    if (packs, amount * 100) != (whole, fen):
        yield f"agreements: {key} is {packs} packs for {amount}, computed {whole} for {fen} fen"


def whole_packs(units: int, pack: int, rounding: str) -> int:
    """By the project's rule: down, to the nearest (half up), or up."""
    if rounding == "up":
        return -(-units // pack)
    return (2 * units + pack) // (2 * pack) if rounding == "nearest" else units // pack


def order_differences(dump: Dump, path: str, lines: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """A hospital's own file (HIS) against its agreements."""
    told = {(line["品规编号"], line["统一社会信用代码"]): int(line["协议采购量"]) for line in lines}
    agreed = {key[1:]: units for key, (units, _p, _a) in dump.agreements.items() if key[0] == path}
    yield from _unequal(f"HIS of {path}", told, agreed)


def _unequal(
    name: str, told: Mapping[object, object], computed: Mapping[object, object]
) -> Iterator[str]:
    for key in sorted(told.keys() | computed.keys(), key=str):
        if told.get(key) != computed.get(key):
            yield f"{name}: {key} is {told.get(key)}, computed {computed.get(key)}"
