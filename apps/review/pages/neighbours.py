"""The unit before and after one in a filtered list: reviewing a hundred and eighty filings one by one."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.review.domain.filings.marks import GRAVE, ODD, WORST_FIRST, in_order_of, marked
from apps.review.domain.filters import FilingFilter
from apps.review.domain.locks import Ancestor
from apps.review.models import Filing
from apps.ui.lists import matching

SCANNED = 5_000


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Ids, `None` at either end; `place` counts from 1 and is 0 where the filing is not in the list."""

    previous: int | None = None
    following: int | None = None
    place: int = 0
    total: int = 0


def neighbours_of(filing: Filing, parent: Ancestor, filters: Mapping[str, str]) -> Neighbours:
    """Among the parent's direct children that match: as the list puts the oddest first, else by their paths.

    One statement.
    """
    rows = Filing.objects.filter(parent_id=parent.pk)
    listed = matching(FilingFilter(filters, queryset=rows, own=parent, kind=filing.kind))
    listed = listed.order_by("path")
    if filters.get("sort", WORST_FIRST) == WORST_FIRST:
        listed = in_order_of(marked(listed, filing.kind), GRAVE, ODD, is_descending=True)
    ids = list(listed.values_list("pk", "path")[:SCANNED])
    place = next((at for at, (pk, _path) in enumerate(ids) if pk == filing.pk), None)
    inside = place is not None
    before = [pk for pk, path in ids if path < filing.path]
    after = [pk for pk, path in ids if path > filing.path]
    if place is not None:
        before, after = [pk for pk, _ in ids[:place]], [pk for pk, _ in ids[place + 1 :]]
    return Neighbours(
        previous=before[-1] if before else None,
        following=after[0] if after else None,
        place=len(before) + 1 if inside else 0,
        total=len(ids),
    )
