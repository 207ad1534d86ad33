"""The competition units of a random round: every rule, conversions up and down, who won what at which rank and where.

`PROVINCES` take part; of the items' coefficients one smallest unit counts as so many of the unit's first item.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

PROVINCES = ("11", "14", "42", "44", "46")
PACKS = (1, 7, 10, 28, 30)


@dataclass(frozen=True)
class Win:
    """An enterprise (by name) won the unit's item number `item`. Provinces by code, none is all."""

    item: int
    enterprise: str
    rank: int | None = None
    cut: str | None = None
    supplies: Sequence[str] = ()
    primaries: Sequence[str] = ()
    is_backup: bool = False


@dataclass(frozen=True)
class Competition:
    """One competition unit; `own` are the fields of its rule. `classes` by item number."""

    name: str
    coefficients: Sequence[str]
    wins: Sequence[Win]
    own: dict[str, object] = field(default_factory=dict)
    classes: dict[int, str] = field(default_factory=dict)
    group: str = ""

    def code(self, item: int) -> str:
        return f"{self.name}-{item + 1}"


def competitions(dice: random.Random) -> Iterator[Competition]:
    yield from by_winners(dice)
    yield from by_group(dice)
    yield from by_cut(dice)
    for number in range(1, 7):
        yield by_rank(dice, number)
    yield each_wins_all(dice, 3, ("1",))
    yield each_wins_all(dice, 4, ("1", "0.5", "2"))


def by_winners(dice: random.Random) -> Iterator[Competition]:
    """R1: own items and one that nobody won; three winners of one item with primary provinces; only a folded one."""
    yield Competition(
        "N1", ("1", "2", "0.25"),
        [Win(0, "甲厂", cut=cut(dice)), Win(1, "乙厂", cut=cut(dice))],
        classes={1: "strict", 2: "antibiotic"},
    )  # fmt: skip
    yield Competition(
        "N2", ("1", "0.5", "2", "0.25"),
        [
            Win(0, "甲厂", cut=cut(dice), primaries=("42",)),
            Win(0, "乙厂", cut=cut(dice), primaries=("14", "11")),
            Win(2, "乙厂", cut=cut(dice), primaries=("14", "11")),
            Win(0, "丙厂", cut=cut(dice), is_backup=True),
        ],
    )  # fmt: skip
    yield Competition("N3", ("1", "0.5", "2"), [Win(1, "丁厂", cut=cut(dice))])
    yield Competition(
        "N4", ("1",),
        [Win(0, "戊厂"), Win(0, "己厂", primaries=("42", "46"))],
        own={"sharing": "choice", "ratio_class": "antibiotic"},
    )  # fmt: skip
    yield Competition("N5", ("1", "0.5"), [])
    yield Competition(
        "N6", ("1", "1", "0.5", "1", "1", "2"),
        [
            Win(place, f"{name}厂", supplies=supplied)
            for place, (name, supplied) in enumerate(
                [("庚", ("42", "14")), ("辛", ()), ("壬", ("44",)), ("癸", ()), ("子", ("11", "46"))]
            )
        ],
    )  # fmt: skip


def by_group(dice: random.Random) -> Iterator[Competition]:
    """R2, two units of one product group, and one whose item was won by two, with different cuts."""
    for name, wins in (
        ("G1", [Win(0, "丑厂", cut=cut(dice)), Win(1, "寅厂", cut=cut(dice))]),
        ("G2", [Win(1, "卯厂", cut=cut(dice), supplies=("42", "44", "11"))]),
        (
            "G3",
            [
                Win(0, "生厂", cut="60", primaries=("42", "44")),
                Win(0, "末厂", cut="50", primaries=("14", "11")),
                Win(1, "净厂", cut="55"),
            ],
        ),
    ):
        group = "G" if name != "G3" else "G3"
        yield Competition(name, ("1", "0.25", "2"), wins, own={"rule": "r2"}, group=group)


def by_cut(dice: random.Random) -> Iterator[Competition]:
    """R4: own figures and the project's; two winners of one item have different cuts."""
    own = {
        "rule": "r4", "linear_minimum": "65", "linear_maximum": "75", "linear_base": "50",
        "linear_transfer": "30", "linear_step": "3",
    }  # fmt: skip
    wins = [
        Win(0, "辰厂", cut=f"{dice.uniform(65, 75):.2f}"),
        Win(1, "巳厂", cut=f"{dice.uniform(75, 90):.3f}"),
    ]
    yield Competition("L1", ("1", "0.5", "2"), wins, own=own)
    yield Competition(
        "L2", ("1", "2", "1"),
        [
            Win(0, "午厂", cut="58.1", primaries=("42", "14")),
            Win(0, "未厂", cut="52.4", primaries=("11",)),
            Win(1, "申厂", cut="50.25"),
        ],
        own={"rule": "r4"},
    )  # fmt: skip


def by_rank(dice: random.Random, number: int) -> Competition:
    """R6: each enterprise won an item of its own, some of which count differently, one item nobody."""
    coefficients = [dice.choice(("1", "1", "0.5", "2", "0.25")) for _ in range(number)]
    wins = [
        Win(place, f"名{number}{rank}厂", rank=rank)
        for place, rank in enumerate(dice.sample(range(1, number + 1), number))
    ]
    return Competition(f"R{number}", ("1", *coefficients[1:], "1"), wins, own={"rule": "r6"})


def each_wins_all(dice: random.Random, number: int, coefficients: Sequence[str]) -> Competition:
    """R6 by generic item: everybody won everything."""
    wins = [
        Win(item, f"通{number}{rank}厂", rank=rank)
        for rank in dice.sample(range(1, number + 1), number)
        for item in range(len(coefficients))
    ]
    return Competition(f"T{number}", coefficients, wins, own={"rule": "r6"})


def cut(dice: random.Random) -> str:
    return f"{dice.uniform(20, 80):.4f}"
