"""What institutions bought and plan to buy, made up.

Invariant: a number depends on the institution, the item and the year alone, so that a second load finds the same.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apps.demo.fixtures import DemoInstitution
from apps.demo.volumes import SIZES, WITHOUT_INJECTIONS

from .catalogue import Offered

TREND = (0.8, 1.25)
SPREAD = (0.55, 1.5)
NEW_SHARE, NEW_DAYS = 0.05, (20, 120)


@dataclass(frozen=True, slots=True)
class Plan:
    """One line as an institution types it; quantities in smallest units."""

    item_code: str
    planned: int
    words: str


def bought(
    unit: DemoInstitution, items: Sequence[Offered], years: Sequence[int]
) -> Iterator[tuple[str, int, int]]:
    """Item code, year, quantity of what the institution bought."""
    size = SIZES[unit.grade]
    for item in items:
        chance = _chance(unit, item, "bought")
        if chance.random() > size.share or not _uses(unit, item):
            continue
        days = chance.randint(size.fewest, size.most)
        for year in years:
            trend = chance.uniform(*TREND) * item.days
            yield item.item_code, year, _whole(days * item.daily, trend, item.pack)


def plans(
    unit: DemoInstitution, items: Sequence[Offered], baselines: dict[str, float]
) -> Iterator[Plan]:
    """What it plans: near its baseline, now and then far from it, with the explanation that is due."""
    for item in items:
        chance, baseline = _chance(unit, item, "plan"), baselines.get(item.item_code, 0.0)
        if not baseline:
            yield _new(item, chance) if _uses(unit, item) else Plan(item.item_code, 0, "")
            continue
        planned = _whole(baseline, chance.uniform(*SPREAD), item.pack)
        words = ""
        if planned < baseline * 0.8:
            words = chance.choice(["业务量下降", "由其他品规替代", "临床用药结构调整", "库存充足"])
        elif planned > baseline * 1.2:
            words = chance.choice(
                ["业务量增长", "新增科室或新开展项目", "业务量增长：新开慢病门诊"]
            )
        yield Plan(item.item_code, planned, words)


def _new(item: Offered, chance: random.Random) -> Plan:
    if chance.random() > NEW_SHARE:
        return Plan(item.item_code, 0, "")
    days = chance.randint(*NEW_DAYS)
    planned = _whole(days * item.daily, item.days, item.pack)
    return Plan(item.item_code, planned, "首次采购该品规")


def _uses(unit: DemoInstitution, item: Offered) -> bool:
    return not (item.is_injection and unit.grade in WITHOUT_INJECTIONS)


def _whole(quantity: object, factor: float, pack: int) -> int:
    """Whole packs, at least one."""
    return max(round(float(quantity) * factor / pack), 1) * pack  # type: ignore[arg-type]


def _chance(unit: DemoInstitution, item: Offered, what: str) -> random.Random:
    return random.Random(f"{what}:{unit.code}:{item.item_code}")  # noqa: S311 - repeatable on purpose, no secret
