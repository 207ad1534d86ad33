"""How the agreed volume of an item came about for one unit, step by step with its numbers (rules §2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.organizations.models import Tier
from apps.projects.models import RoundingMode
from apps.review.models import Filing
from apps.volumes.domain.agreed.calculating import Terms
from apps.volumes.domain.bases.rows import BaseRow
from apps.volumes.domain.figures import fraction, per_cent, plain
from apps.volumes.models import AgreedQuantity, RatioClass, Rule

HOW_ROUNDED = {
    RoundingMode.DOWN: "不足一个最小单位的舍去",
    RoundingMode.HALF_UP: "四舍五入到最小单位",
    RoundingMode.UP_TO_PACK: "向上取到整包装",
}
NOBODY_WON = "竞争单元没有中选产品，不产生约定采购量"
NAMED = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """A part of what is kept and whose it is; `code` is of another item that it is given as, else blank.

    `rank` of the enterprise in the competition unit, where ranks decide (R6).
    """

    enterprise: str
    taken: int
    quantity: int
    code: str = ""
    specification: str = ""
    unit: str = ""
    rank: int = 0

    @property
    def whose(self) -> str:
        return f"第 {self.rank} 名 {self.enterprise}" if self.rank else self.enterprise


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the calculation: what it is, how it comes about, what it comes to."""

    label: str
    how: str
    value: str
    is_result: bool = False


def steps_of(
    filing: Filing,
    reported: Sequence[BaseRow],
    terms: Terms,
    held: AgreedQuantity,
    *,
    winners: Sequence[str],
    kept: Sequence[Kept] = (),
) -> list[Step]:
    """`reported`: the item as it was reported; in versions from before, the items that were folded into it.

    `kept`: whose the kept part is. Without a winner the calculation ends there.
    """
    unit = reported[0].main.unit if reported else ""
    start = [*_base(reported, held, unit), _winners(terms, winners)]
    if not terms.facts.winners:
        return [
            *start,
            Step("约定采购量", NOBODY_WON, f"0 {unit}", is_result=True),
        ]
    steps = [*start, *_ratio(terms, held, unit), *_rounded(filing, terms, held, unit)]
    return [*steps, *(_kept(portion, unit) for portion in kept)]


def _kept(kept: Kept, unit: str) -> Step:
    how = "保留量归属"
    value = f"{kept.taken:,} {unit}"
    if (kept.quantity, kept.code) != (kept.taken, ""):
        value = f"{kept.quantity:,} {kept.unit}"
        how = f"保留量归属：{kept.taken:,} {unit}折为 {kept.code} {kept.specification}"
    return Step(kept.whose, how, value)


def _base(reported: Sequence[BaseRow], held: AgreedQuantity, unit: str) -> list[Step]:
    steps = []
    for row in reported:
        how = "审核通过的填报量"
        value = f"{row.quantity:,} {row.item.unit}"
        if row.is_converted and row.item.pk == held.item_id:
            how += f"，折合主规格 {row.main.item_code} {plain(row.converted)} {unit}"
        elif row.is_converted:
            how = f"填报 {row.quantity:,} {row.item.unit} × 折算系数 {plain(row.coefficient)}"
            value = f"{plain(row.converted)} {unit}"
        steps.append(Step(f"{row.item.item_code} {row.item.specification}", how, value))
    how = "各规格折算到主规格后相加" if len(reported) > 1 else "即填报量合计"
    return [*steps, Step("计算基数", how, f"{plain(held.base)} {unit}")]


def _winners(terms: Terms, winners: Sequence[str]) -> Step:
    more = f" 等 {len(winners)} 家" if len(winners) > NAMED else ""
    names = "、".join(winners[:NAMED]) + more
    number = terms.facts.winners
    return Step("中选企业", names or ("按指定的家数" if number else "没有企业中选"), f"{number} 家")


def _ratio(terms: Terms, held: AgreedQuantity, unit: str) -> list[Step]:
    facts = terms.facts
    how = {
        Rule.WINNERS: f"{facts.winners} 家中选、{RatioClass(facts.ratio_class).label}",
        Rule.GROUP: "约定比例",
        Rule.LINEAR: _cut_in_words(terms),
        Rule.CASCADE: "约定比例，再按名次分配",
    }[facts.rule]
    before = Fraction(held.base) * terms.ratio
    return [
        Step("带量比例", f"{facts.rule.label}：{how}", per_cent(terms.ratio)),
        Step(
            "取整前",
            f"{plain(held.base)} × {per_cent(terms.ratio)}",
            f"{fraction(before)} {unit}",
        ),
    ]


def _cut_in_words(terms: Terms) -> str:
    if not terms.facts.is_selected:
        return "未中选，全部转为调剂量"
    cut = plain(terms.facts.cut)
    transfer = terms.ratio - terms.kept_share
    return f"降幅 {cut}%，基础量 {per_cent(terms.kept_share)} + 调剂量 {per_cent(transfer)}"


def _rounded(filing: Filing, terms: Terms, held: AgreedQuantity, unit: str) -> list[Step]:
    how = HOW_ROUNDED[terms.rounding]
    if terms.is_per_institution:
        where = "本机构取整" if filing.is_institution else "逐个机构取整后相加"
        how = f"{where}：{how}"
    elif filing.tier == Tier.PROVINCE:
        how = f"按省取整：{how}"
    elif filing.is_root:
        how = f"按省取整后相加：{how}"
    else:
        how = f"本省各机构依次累计取整（{how}），与取整前相差不到一个单位，合计等于全省数量"
    steps = [Step("约定采购量", how, f"{held.agreed:,} {unit}", is_result=True)]
    if terms.rule == Rule.GROUP:
        steps += _group(terms, held, unit)
    elif terms.is_parted:
        steps += [
            Step("基础量", "留给本产品", f"{held.kept:,} {unit}"),
            Step("调剂量", "约定采购量 − 基础量", f"{held.pending:,} {unit}"),
        ]
    else:
        steps += [
            Step("保留量", _why_kept(terms), f"{held.kept:,} {unit}"),
            Step("待分配量", "约定采购量 − 保留量", f"{held.pending:,} {unit}"),
        ]
    return steps


def _why_kept(terms: Terms) -> str:
    if terms.rule == Rule.CASCADE:
        return "按名次归各中选企业"
    if terms.facts.is_selected:
        return "归中选企业；几家中选时归本省主供企业，没有唯一主供的转待分配"
    if terms.kept_share:
        return "未中选，归本省主供企业；没有唯一主供的转待分配"
    return "未中选，不保留"


def _group(terms: Terms, held: AgreedQuantity, unit: str) -> list[Step]:
    facts = terms.facts
    how = "未中选，不保留"
    if facts.is_selected:
        how = "竞争单元内降幅最高" if facts.is_highest_cut else "其他中选产品"
    return [
        Step(
            "中选产品确认量", f"{how}，保留 {per_cent(terms.kept_share)}", f"{held.kept:,} {unit}"
        ),
        Step("待分配量", "约定采购量 − 确认量", f"{held.pending:,} {unit}"),
        Step(
            "其中固定分配",
            f"待分配量的 {per_cent(terms.fixed_share)}，分给固定份额企业；其余由机构自主选择",
            f"{held.fixed:,} / {held.pending - held.fixed:,} {unit}",
        ),
    ]
