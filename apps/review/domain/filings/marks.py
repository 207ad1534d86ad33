"""What stands out in reported filings, as lists show, sort and filter it: what is odd, the change against last year,

what changed against the report before, the signed document. The kind knows it; `review` knows no lines.

Invariants: what a list sorts and filters by comes with its rows, as columns of the same statement; of a filing that was
not reported nothing is known to anybody else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from apps.review.domain.kinds import Mark, marking_of
from apps.review.models import Filing
from apps.review.models.statuses import Status

ODD, GRAVE, RISE, CHANGED = "odd", "grave", "rise", "changed"
WORST_FIRST = f"-{ODD}"
"""How the address of a list says it."""
HAS_ODD, HAS_GRAVE, CLEAN, AGAIN = "odd", "grave", "none", "again"
CHOICES = [
    (HAS_ODD, "有异常"),
    (HAS_GRAVE, "有严重异常"),
    (CLEAN, "无异常"),
    (AGAIN, "再次上报"),
]
"""What a list can be narrowed to."""


def marked(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """The rows with what they are sorted and filtered by, if the kind knows any."""
    marking = marking_of(kind)
    if marking is None or ODD in rows.query.annotations:
        return rows
    return marking.annotated(rows)


def marks_of(filings: Sequence[Filing]) -> Mapping[int, Mark]:
    """Of those that were reported; nothing where the kind knows nothing."""
    reported = [filing for filing in filings if filing.state != Status.DRAFT]
    marking = marking_of(reported[0].kind) if reported else None
    return marking.marks(reported) if marking else {}


def narrowed(rows: QuerySet[Any], kind: str, asked: str) -> QuerySet[Any]:
    """Only what was asked for (`CHOICES`); of reports older than the marks nothing is known, and they are in none."""
    conditions: dict[str, dict[str, Any]] = {
        HAS_ODD: {f"{ODD}__gt": 0},
        HAS_GRAVE: {f"{GRAVE}__gt": 0},
        CLEAN: {ODD: 0},
        AGAIN: {f"{CHANGED}__isnull": False},
    }
    return marked(rows, kind).filter(**conditions[asked])


@dataclass(frozen=True, slots=True)
class Doubts:
    """Of many filings those that a reviewer should look at before they are passed together."""

    odd: tuple[Filing, ...] = ()
    grave: tuple[Filing, ...] = ()
    documents: tuple[Filing, ...] = ()
    asking: tuple[Filing, ...] = ()
    unready: tuple[Filing, ...] = ()
    """Not filled in to the end, where the act is 代报: it takes none of these."""

    @property
    def ids(self) -> frozenset[int]:
        every = (*self.odd, *self.documents, *self.asking, *self.unready)
        return frozenset(filing.pk for filing in every)

    @property
    def rest(self) -> str:
        """What the others are."""
        return "已填完的" if self.unready else "没有异常的"

    @property
    def words(self) -> str:
        """`12 家有异常（3 家严重）、1 家签章件与数据不一致、1 家正在申请撤回`."""
        grave = f"（{len(self.grave):,} 家严重）" if self.grave else ""
        said = [
            f"{len(self.odd):,} 家有异常{grave}" if self.odd else "",
            f"{len(self.documents):,} 家签章件与数据不一致" if self.documents else "",
            f"{len(self.asking):,} 家正在申请撤回" if self.asking else "",
            f"{len(self.unready):,} 家还没有填完" if self.unready else "",
        ]
        return "、".join(filter(None, said))


def doubts_in(
    filings: Sequence[Any], marks: Mapping[int, Mark], asking: Collection[int] = ()
) -> Doubts:
    """`filings` are marked rows, `asking` the ids of those asked back; what is not known is no doubt."""
    return Doubts(
        tuple(filing for filing in filings if getattr(filing, ODD, None)),
        tuple(filing for filing in filings if getattr(filing, GRAVE, None)),
        tuple(f for f in filings if f.pk in marks and marks[f.pk].is_doubtful),
        tuple(filing for filing in filings if filing.pk in asking),
    )


def in_order_of(rows: QuerySet[Any], *names: str, is_descending: bool) -> QuerySet[Any]:
    """By what marked rows carry, the unknown last whichever way; unmarked ones stay as they are."""
    if ODD not in rows.query.annotations:
        return rows
    last = {"nulls_last": True}
    terms = [F(name).desc(**last) if is_descending else F(name).asc(**last) for name in names]
    return rows.order_by(*terms, "path")


def days_waited(filing: Filing) -> int | None:
    """Whole days since a filing that waits for its reviewer was submitted."""
    if filing.state != Status.SUBMITTED or filing.submitted_at is None:
        return None
    return (timezone.now() - filing.submitted_at).days
