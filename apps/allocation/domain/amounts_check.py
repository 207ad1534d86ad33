"""Recomputes what reported filings agreed upon, from the lines and in fractions, and names what differs. Reads only.

Invariant checked: an institution's agreement sums its lines and rounds price × quantity / pack once, half up to the
fen; a bureau's adds up those of whoever is approved all the way below it; who hasn't reported has none.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction

from apps.allocation.domain.recount import sql
from apps.allocation.domain.recount.sql import FilingRow
from apps.allocation.engine import rounded
from apps.projects.models import Project
from apps.review.models.statuses import FROZEN, Status

AT_ONCE = 2_000
"""Filings whose lines are in memory at the same time."""

Agreed = tuple[int, Decimal]
"""Quantity in smallest units; yuan and fen."""
Place = tuple[int, int]
"""A filing and a product."""
NOTHING: Agreed = (0, Decimal(0))


def differences(project: Project | None) -> Iterator[str]:
    """One sentence per difference; of one project, or of all."""
    filings = {row.pk: row for row in sql.filings(project.pk if project else None)}
    above: dict[Place, Agreed] = defaultdict(lambda: NOTHING)
    for part in _parts([filing for filing in filings.values() if filing.is_institution]):
        due = _taken([filing.pk for filing in part if filing.status in FROZEN])
        yield from _compared(part, due)
        for (filing, product), agreed in due.items():
            for bureau in _counted_in(filings[filing], filings):
                held = above[bureau.pk, product]
                above[bureau.pk, product] = (held[0] + agreed[0], held[1] + agreed[1])
    for part in _parts([filing for filing in filings.values() if not filing.is_institution]):
        frozen = {filing.pk for filing in part if filing.status in FROZEN}
        yield from _compared(part, {at: due for at, due in above.items() if at[0] in frozen})


def _parts(filings: Sequence[FilingRow]) -> Iterator[Sequence[FilingRow]]:
    return (filings[start : start + AT_ONCE] for start in range(0, len(filings), AT_ONCE))


def _taken(filings: Sequence[int]) -> dict[Place, Agreed]:
    return {
        (filing, product): (int(quantity), rounded(Fraction(price) * int(quantity) / pack, 2))
        for filing, product, price, pack, quantity in sql.taken(filings)
    }


def _counted_in(filing: FilingRow, filings: Mapping[int, FilingRow]) -> Iterator[FilingRow]:
    """The bureaus above, as far as it is approved all the way up."""
    while filing.status == Status.APPROVED and filing.parent is not None:
        filing = filings[filing.parent]
        yield filing


def _compared(filings: Sequence[FilingRow], due: Mapping[Place, Agreed]) -> Iterator[str]:
    amounts = sql.kept([filing.pk for filing in filings])
    kept = {(filing, product): (quantity, amount) for filing, product, quantity, amount in amounts}
    for filing, product in sorted(kept.keys() | due.keys()):
        is_kept, is_due = kept.get((filing, product), NOTHING), due.get((filing, product), NOTHING)
        if is_kept != is_due:
            name = sql.name_of(filing, product)
            yield f"{name}：协议量汇总为 {_words(is_kept)}，按明细应为 {_words(is_due)}"


def _words(agreed: Agreed) -> str:
    return f"{agreed[0]}（{agreed[1]} 元）"
