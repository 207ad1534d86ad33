"""What the institutions of a synthetic demand round bought and plan to buy, as text for COPY.

Invariant: a number depends on the seed, the institution and the item alone; lines and history come from the same
draws, so that plans lie near what was bought and every explanation that is due is there (rules §1).
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .demand.catalogue import Offered
from .volumes import SIZES, WITHOUT_INJECTIONS

PLAN = (0.6, 1.5)
YEARLY = (0.85, 1.2)
NEW = 0.01
"""Share of items that an institution plans without having bought them."""
TYPED_OF_DRAFTS = 0.6
"""How far down the sheet a draft has come, if it was begun at all; half of them were."""
SHORT = 0.8
"""Below this part of the mean an explanation is due."""


@dataclass(frozen=True, slots=True)
class Reporter:
    """An institution with its filing; `is_reported` false: still a draft."""

    filing: int
    unit: int
    code: str
    path: str
    grade: str
    is_reported: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The catalogue by the ids of its items, in its order, with the baseline years."""

    items: Sequence[tuple[int, Offered]]
    years: Sequence[int]


@dataclass(frozen=True, slots=True)
class Drawn:
    """Of one item: what was bought in each baseline year, what is planned."""

    bought: tuple[int, ...]
    planned: int

    @property
    def reason(self) -> str:
        total = sum(self.bought)
        if not total:
            return "first" if self.planned else ""
        return "decline" if self.planned * len(self.bought) < SHORT * total else ""


def draws(desk: Reporter, sheet: Sheet, seed: int) -> Iterator[tuple[int, Drawn]]:
    """Item id and numbers, the whole sheet down."""
    chance = random.Random(f"{seed}:{desk.code}").random  # noqa: S311 - repeatable on purpose, no secret
    size, small = SIZES[desk.grade], desk.grade in WITHOUT_INJECTIONS
    none = Drawn((0,) * len(sheet.years), 0)
    for item, offered in sheet.items:
        taken, part = chance(), chance()
        days = size.fewest + int(part * (size.most - size.fewest))
        if (small and offered.is_injection) or taken > size.share + NEW:
            yield item, none
            continue
        usual = max(int(days * offered.daily), 1)
        planned = int(usual * _between(PLAN, chance()))
        is_new = taken > size.share
        bought = (
            none.bought
            if is_new
            else tuple(int(usual * _between(YEARLY, chance())) for _ in sheet.years)
        )
        yield item, Drawn(bought, planned)


def line_text(desk: Reporter, sheet: Sheet, seed: int, now: str) -> str:
    """The rows of `LINE_FIELDS`; a draft has the first part of them, or none."""
    rows = list(draws(desk, sheet, seed))
    if not desk.is_reported:
        rows = rows[: int(len(rows) * TYPED_OF_DRAFTS)] if desk.filing % 2 else []
    saved = "t" if desk.is_reported else "f"
    return "".join(
        f"{desk.filing}\t{item}\t{desk.path}\t{drawn.planned}\t{drawn.reason}\t\t\t{saved}\tf\t1\t{now}\n"
        for item, drawn in rows
    )


def history_text(desk: Reporter, sheet: Sheet, seed: int, project: int) -> str:
    """The rows of `HISTORY_FIELDS`; years without purchases have none."""
    return "".join(
        f"{project}\t{desk.unit}\t{item}\t{year}\t{desk.path}\t{quantity}\n"
        for item, drawn in draws(desk, sheet, seed)
        for year, quantity in zip(sheet.years, drawn.bought, strict=True)
        if quantity
    )


LINE_FIELDS = (
    "filing", "item", "path", "planned", "reason", "explanation", "pack_mark", "is_saved", "to_correct", "version",
    "updated_at",
)  # fmt: skip
HISTORY_FIELDS = ("project", "organization", "item", "year", "path", "quantity")


def _between(bounds: tuple[float, float], part: float) -> float:
    low, high = bounds
    return low + part * (high - low)
