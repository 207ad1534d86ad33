"""What is odd in a line of a demand filing, and how it is said. Pure; no Django.

The bounds are the only ones: `sql` is written with them, pages say what it finds. They hold whatever a project's rule
for explanations is (rules §1). A line has at most one kind, the first that fits in the order of the values, highest
first; a value's tens are its weight.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from fractions import Fraction
from typing import NamedTuple

from apps.reporting.domain.rates import Baseline, rounded

BEYOND = 3
"""Tenths of the baseline by which a quantity has to differ from it, or from a slip of it, to be odd or to be none."""
FAR = 5
DOUBLE = 2
"""How many times the baseline, or its how-many-th part, counts as 相差数倍 and as 相差一倍."""
LEAST = 5
"""Smallest units; a difference below this, or below a pack, is nobody's business."""
PEERS = 3
"""How many times what nine in ten buyers of the same grade don't exceed."""
BUYERS = 5
"""So many peers have to have bought any."""
RUN = 5
"""So many rows running with the same quantity."""
MANY = 100
"""From so many times on no decimals are said."""
GRAVE = 30
"""From this value on a kind is grave (严重)."""


class Kind(IntEnum):
    """The tens are the weight: 3 grave, 2 clear, 1 to be looked at."""

    PACKS = 36
    HUNDREDFOLD = 35
    TENFOLD = 34
    HUNDREDTH = 33
    TENTH = 32
    PEERS = 31
    FAR = 30
    RUN = 23
    DOUBLE = 22
    EMPTIED = 21
    DEVIATION = 12
    NEW = 11

    @property
    def is_grave(self) -> bool:
        return self >= GRAVE

    @property
    def tone(self) -> str:
        return {3: "danger", 2: "warning", 1: "neutral"}[self // 10]


WORDS = {
    Kind.HUNDREDFOLD: "疑似多输两个零",
    Kind.TENFOLD: "疑似多输一个零",
    Kind.HUNDREDTH: "疑似少输两个零",
    Kind.TENTH: "疑似少输一个零",
    Kind.PACKS: "疑似盒片混淆",
    Kind.PEERS: "超出同等级机构",
    Kind.FAR: "相差数倍",
    Kind.RUN: "连续同数",
    Kind.DOUBLE: "相差一倍以上",
    Kind.EMPTIED: "上年有采购，本次为 0",
    Kind.DEVIATION: "增减较大",
    Kind.NEW: "新增未说明",
}
"""A pill beside the sentence."""


class Found(NamedTuple):
    """An odd line. `bought` and `peers` are sums over `years` baseline years; `peers` only where it is what is odd."""

    item: int
    kind: Kind
    planned: int
    bought: int
    years: int
    peers: int | None = None
    is_checked: bool = False


@dataclass(frozen=True, slots=True)
class Oddity:
    """The same with the words of its item: `unit` is the smallest unit."""

    found: Found
    unit: str = ""

    @property
    def label(self) -> str:
        return WORDS[self.found.kind]

    @property
    def tone(self) -> str:
        return self.found.kind.tone

    @property
    def is_checked(self) -> bool:
        return self.found.is_checked

    @property
    def sentence(self) -> str:
        """`是上年量的 12.9 倍`."""
        found = self.found
        if found.kind == Kind.PEERS:
            ratio = Fraction(found.planned * found.years, found.peers or 1)
            return f"是同等级机构高位量的 {_times(ratio)} 倍"
        if found.kind == Kind.RUN:
            return f"连续 {RUN} 行以上填了同一个数 {found.planned:,}，上年量各不相同"
        if found.kind == Kind.EMPTIED:
            return f"{_last(found.years)}采购 {self._baseline.shown:,} {self.unit}，本次填 0"
        if found.kind == Kind.NEW:
            return f"{_last(found.years)}没有采购，本次填 {found.planned:,} {self.unit}，没有说明"
        return self._compared

    @property
    def _baseline(self) -> Baseline:
        return Baseline(self.found.bought, self.found.years)

    @property
    def _compared(self) -> str:
        """Against the baseline, which is not nothing: times from twice up, per cents of it far below, else ±."""
        found, last = self.found, f"{_last(self.found.years)}量"
        ratio = Fraction(found.planned * found.years, found.bought)
        if ratio >= DOUBLE:
            return f"是{last}的 {_times(ratio)} 倍"
        if ratio * DOUBLE <= 1:
            return f"只有{last}的 {_share(ratio)}%"
        return f"比{last}{'多' if ratio > 1 else '少'} {rounded(abs(ratio - 1) * 100, 1)}%"


def _last(years: int) -> str:
    return "上年" if years == 1 else "年均"


def _times(ratio: Fraction) -> str:
    return f"{rounded(ratio, 0 if ratio >= MANY else 1):,}"


def _share(ratio: Fraction) -> Decimal:
    """In per cents; below one with two decimals."""
    return rounded(ratio * 100, 1 if ratio * 100 >= 1 else 2)
