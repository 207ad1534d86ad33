"""Coverage as squares of the provinces: of one product, or over the products of the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from apps.analysis.pages.tiles import COLUMNS, PLACES, ROWS
from apps.distribution.domain.relations.coverage import LABELS, Cover
from apps.distribution.domain.relations.coverage_survey import Survey

SIDE, GAP = 60, 6
UNSUPPLIED = ("不供应", "neutral")


@dataclass(frozen=True, slots=True)
class Tile:
    """A square: its corner in the drawing, what it says, and how it is toned."""

    x: int
    y: int
    name: str
    text: str
    tone: str

    @property
    def middle(self) -> int:
        return self.x + SIDE // 2

    @property
    def first_line(self) -> int:
        return self.y + SIDE * 2 // 5

    @property
    def second_line(self) -> int:
        return self.y + SIDE * 3 // 4


@dataclass(frozen=True, slots=True)
class Drawing:
    """All squares, and the size of the whole."""

    tiles: list[Tile]
    side: int
    canvas: str


def tiles_of(survey: Survey, product: Any, covers: Mapping[int, Cover]) -> Drawing:
    """Of the product, else how many of the page's products are missing nothing in each province."""
    found = []
    for province in survey.provinces:
        if province.code not in PLACES:
            continue
        column, row = PLACES[province.code]
        text, tone = (
            _of_one(province.path, survey, product, covers)
            if product
            else _of_all(province.path, covers)
        )
        step = SIDE + GAP
        found.append(Tile(column * step + 3, row * step + 3, province.name, text, tone))
    canvas = f"0 0 {COLUMNS * (SIDE + GAP)} {ROWS * (SIDE + GAP)}"
    return Drawing(sorted(found, key=lambda tile: (tile.y, tile.x)), SIDE, canvas)


def _of_one(
    path: str, survey: Survey, product: Any, covers: Mapping[int, Cover]
) -> tuple[str, str]:
    if all(top.path != path for top in survey.supplied(product)):
        return UNSUPPLIED
    gaps = [gap for gap in covers[product.pk].gaps if gap.path.startswith(path)]
    if not gaps:
        return LABELS["whole"]
    return LABELS["none"] if gaps[0].path == path else (f"缺 {len(gaps)} 处", "warning")


def _of_all(path: str, covers: Mapping[int, Cover]) -> tuple[str, str]:
    """How many of the products are missing nothing there; red only where nobody delivers anything at all."""
    gaps = [[gap for gap in cover.gaps if gap.path.startswith(path)] for cover in covers.values()]
    whole = sum(not open_places for open_places in gaps)
    none = sum(bool(open_places) and open_places[0].path == path for open_places in gaps)
    if not covers:
        return f"{whole}/{len(covers)}", "neutral"
    tone = "success" if whole == len(covers) else "danger" if none == len(covers) else "warning"
    return f"{whole}/{len(covers)}", tone
