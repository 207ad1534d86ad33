"""Which seals of the audit lie over which events: their numbers and codes, for who holds the keys to recompute."""

from bisect import bisect_left
from collections.abc import Collection
from typing import Any

from apps.audit.models import Seal
from apps.review.models import FilingEvent
from apps.scope.context import whole_country

TOLD = ("number", "at", "algorithm", "key_id", "content", "previous", "mac")


class Seals:
    """Those of the record of events, by the last id that each covers; read once for a case file."""

    def __init__(self) -> None:
        with whole_country(reason="seals don't say whose events they are over"):
            rows = Seal.objects.filter(stream=FilingEvent._meta.label_lower)
            numbers = list(rows.order_by("number").values_list("number", "upto"))
        self._numbers = [number for number, _upto in numbers]
        self._ends = [upto for _number, upto in numbers]

    def over(self, event_id: int) -> int | None:
        """The number of the seal that covers an event; `None` while it has none."""
        place = bisect_left(self._ends, event_id)
        return self._numbers[place] if place < len(self._ends) else None

    def told(self, numbers: Collection[int]) -> list[dict[str, Any]]:
        with whole_country(reason="seals don't say whose events they are over"):
            rows = Seal.objects.filter(number__in=numbers).order_by("number")
            return list(rows.values(*TOLD))
