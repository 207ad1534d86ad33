"""What goes wrong at keyboards: slips in what some of the demo's institutions report, for their reviewers to find.

Invariant: a slip stands in the report as it was typed; every row answers what the project asks (rules §1).
"""

import dataclasses
from collections.abc import Callable, Mapping, Sequence

from .catalogue import Offered
from .volumes import Plan

FIRST, EVERY = 2, 2
"""The first row with a slip among those that were bought before, and every how-many-th of them has the next one."""
ENOUGH, SMALL = 4, 40
"""Packs that were bought of it, and units in a pack, so that a slip is that slip and no other."""
LENGTH, SAME = 6, 600
"""So many rows running have the same quantity."""
LESS = "库存充足"
UNTOLD = "首次采购该品规"

TENFOLD, HUNDREDFOLD, FAR, BOXES = "tenfold", "hundredfold", "far", "boxes"
MADE: Mapping[str, Callable[[float, int], float]] = {
    TENFOLD: lambda baseline, _pack: baseline * 10,
    HUNDREDFOLD: lambda baseline, _pack: baseline * 100,
    FAR: lambda baseline, _pack: baseline * 16,
    BOXES: lambda baseline, pack: baseline / pack,
}
SLIPS: Mapping[str, Sequence[str]] = {
    "H42010600006": (TENFOLD, BOXES, HUNDREDFOLD, FAR),
    "H42010600008": (TENFOLD, FAR),
    "H42010300001": (HUNDREDFOLD, BOXES),
    "H42280100001": (FAR, BOXES),
    "H14010500002": (BOXES, TENFOLD),
    "H11010100001": (TENFOLD,),
}
RUNNING = ("H42010600006", "H14010500002")
"""Who has pulled one quantity down the column, over a row that was bought before."""


def slipped(
    code: str, plans: Sequence[Plan], items: Sequence[Offered], baselines: Mapping[str, float]
) -> list[Plan]:
    """The plans of an institution with its slips; those of others as they are."""
    rows = list(plans)
    packs = {item.item_code: item.pack for item in items}
    fitting = [
        place
        for place, plan in enumerate(rows)
        if packs[plan.item_code] <= SMALL
        and baselines.get(plan.item_code, 0) >= ENOUGH * packs[plan.item_code]
    ]
    for place, slip in zip(fitting[FIRST::EVERY], SLIPS.get(code, ()), strict=False):
        baseline = baselines[rows[place].item_code]
        planned = round(MADE[slip](baseline, packs[rows[place].item_code]))
        rows[place] = Plan(rows[place].item_code, planned, LESS if slip == BOXES else "")
    if code in RUNNING:
        start = fitting[-2] - LENGTH // 2
        for place in range(start, start + LENGTH):
            rows[place] = dataclasses.replace(rows[place], planned=SAME, words=UNTOLD)
    return rows
