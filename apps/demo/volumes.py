"""What institutions reported, made up: patient-days by the size of the institution times the item's daily usage.

Invariant: a volume depends on the seed, the institution and the item alone, so that a second load finds the same.
"""

import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from .fixtures import Medicine

SEED = 1
INJECTION = "注射剂"


@dataclass(frozen=True, slots=True)
class Size:
    """What share of the catalogue an institution of a grade uses, and its patient-days for an item in a year."""

    share: float
    fewest: int
    most: int


SIZES = {
    "三级甲等": Size(0.85, 3_000, 15_000),
    "三级乙等": Size(0.75, 2_000, 9_000),
    "二级甲等": Size(0.60, 800, 4_000),
    "二级乙等": Size(0.45, 500, 2_500),
    "一级": Size(0.25, 60, 600),
    "未定级": Size(0.20, 40, 250),
}
WITHOUT_INJECTIONS = ("一级", "未定级")


def volumes(
    code: str,
    grade: str,
    chosen: Sequence[Medicine],
    *,
    seed: int = SEED,
    always: Collection[str] = (),
) -> Iterator[tuple[int, int]]:
    """Of an institution, the place of each item in `chosen` that it reported, and how much in smallest units.

    `always` are codes of items that it reports in any case.
    """
    chance = random.Random(f"{seed}:{code}")  # noqa: S311 - repeatable on purpose, no secret
    size = SIZES[grade]
    for place, medicine in enumerate(chosen):
        takes, days = chance.random() < size.share, chance.randint(size.fewest, size.most)
        if medicine.dosage_form == INJECTION and grade in WITHOUT_INJECTIONS:
            continue
        if takes or medicine.item_code in always:
            yield place, int(days * medicine.daily_usage)
