"""What is odd in a sheet, worked out anew line by line with fractions: for comparison with the statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from apps.reporting.domain.oddities.kinds import Kind

SLIPS = (
    (Fraction(100), Kind.HUNDREDFOLD),
    (Fraction(10), Kind.TENFOLD),
    (Fraction(1, 100), Kind.HUNDREDTH),
    (Fraction(1, 10), Kind.TENTH),
)


@dataclass(frozen=True)
class Line:
    """One line of the sheet, in its order; `bought` over `years` years, `peers` over as many or None."""

    planned: int | None
    bought: int
    years: int = 1
    pack: int = 1
    mark: str = ""
    explained: bool = False
    peers: int | None = None


def judged(lines: Sequence[Line]) -> list[Kind | None]:
    in_run = _rows_in_runs(lines)
    bought_any = any(line.bought for line in lines)
    return [
        _kind(line, same=place in in_run, bought_any=bought_any) for place, line in enumerate(lines)
    ]


def _rows_in_runs(lines: Sequence[Line]) -> set[int]:
    found: set[int] = set()
    for start in range(len(lines) - 4):
        five = lines[start : start + 5]
        planned, bought = {line.planned for line in five}, {line.bought for line in five}
        if len(planned) == 1 and (lines[start].planned or 0) > 0 and len(bought) > 1:
            found |= set(range(start, start + 5))
    return found


def _kind(line: Line, *, same: bool, bought_any: bool) -> Kind | None:
    """The first that holds, in the order of the rules."""
    if line.planned is None or line.mark == "suspect":
        return None if line.planned is None else Kind.PACKS
    mean, planned = Fraction(line.bought, line.years), Fraction(line.planned)
    differs = abs(planned - mean) > Fraction(3, 10) * mean
    if not differs or abs(planned - mean) < max(line.pack, 5):
        return Kind.RUN if same else None
    times = max(planned / mean, mean / planned) if mean and planned else Fraction(0)
    beyond_peers = line.peers is not None and planned * line.years > 3 * line.peers
    holds = [
        *((kind, _slipped(planned, factor * mean)) for factor, kind in SLIPS if times),
        (Kind.PEERS, planned > mean and beyond_peers),
        (Kind.FAR, times >= 5),
        (Kind.RUN, same),
        (Kind.DOUBLE, times >= 2),
        (Kind.EMPTIED, mean and not planned),
        (Kind.DEVIATION, mean),
        (Kind.NEW, bought_any and not line.explained),
    ]
    return next((kind for kind, held in holds if held), None)


def _slipped(planned: Fraction, slip: Fraction) -> bool:
    return abs(planned - slip) <= Fraction(3, 10) * slip
