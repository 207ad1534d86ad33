"""The unit before and after one in a filtered list: reviewing a hundred and eighty filings one by one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Q

from apps.review.domain.filings.marks import GRAVE, ODD, WORST_FIRST, in_order_of, marked
from apps.review.domain.filters import FilingFilter
from apps.review.domain.locks import Ancestor
from apps.review.models import Filing
from apps.ui.lists import matching


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Ids, `None` at either end; `place` counts from 1 and is 0 where the filing is not in the list."""

    previous: int | None = None
    following: int | None = None
    place: int = 0
    total: int = 0


def neighbours_of(filing: Filing, parent: Ancestor, filters: Mapping[str, str]) -> Neighbours:
    """Among the parent's direct children that match: as the list puts the oddest first, else by their paths.

    One statement, which answers with one row.
    """
    rows = Filing.objects.filter(parent_id=parent.pk)
    listed = matching(FilingFilter(filters, queryset=rows, own=parent, kind=filing.kind))
    listed = listed.order_by("path")
    if filters.get("sort", WORST_FIRST) == WORST_FIRST:
        listed = in_order_of(marked(listed, filing.kind), GRAVE, ODD, is_descending=True)
    found = listed.order_by().aggregate(
        keys=ArrayAgg("pk", order_by=listed.query.order_by, default=[]),
        by_path=ArrayAgg("pk", order_by="path", default=[]),
        before=Count("pk", filter=Q(path__lt=filing.path)),
    )
    keys = found["keys"]
    if filing.pk in keys:
        place = keys.index(filing.pk)
        previous, following = keys[:place][-1:], keys[place + 1 : place + 2]
        return Neighbours(*_either(previous, following), place=place + 1, total=len(keys))
    place, keys = found["before"], found["by_path"]
    return Neighbours(*_either(keys[:place][-1:], keys[place : place + 1]), total=len(keys))


def _either(previous: Sequence[int], following: Sequence[int]) -> tuple[int | None, int | None]:
    return next(iter(previous), None), next(iter(following), None)
