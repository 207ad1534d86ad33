"""Reading the seals: what stands under them, and what the last check found."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import django_filters
from django.utils import timezone

from apps.audit.domain.keys import DERIVED, sealing_key
from apps.audit.domain.streams import STREAMS
from apps.audit.domain.verifying import unsealed
from apps.audit.models import Seal, Verification
from apps.portal.domain.log import DatedFilter

LATE = timedelta(minutes=15)
"""Rows wait a minute for their seal, longer only while somebody's transaction takes longer."""
SHOWN = 20


class SealFilter(DatedFilter):
    """时间, 记录."""

    stream = django_filters.ChoiceFilter(
        label="记录",
        choices=lambda: [(stream.name, stream.title) for stream in STREAMS.values()],
        empty_label="全部",
    )

    class Meta:
        model = Seal
        fields: list[str] = []


@dataclass(frozen=True, slots=True)
class Standing:
    """How the seals stand: the newest, the last check, what waits, by which key."""

    head: Seal | None
    checked: Verification | None
    waiting: dict[str, int]
    key_id: str

    @property
    def waiting_rows(self) -> int:
        return sum(self.waiting.values())

    @property
    def is_late(self) -> bool:
        """Whether rows have been waiting although seals should be made every minute."""
        since = self.head.at if self.head else None
        return bool(self.waiting) and since is not None and since < timezone.now() - LATE

    @property
    def is_derived(self) -> bool:
        return self.key_id.startswith(DERIVED)

    @property
    def broken(self) -> frozenset[int]:
        """The numbers of the seals that the last check found broken."""
        found = self.checked.found if self.checked else []
        return frozenset(number for number, _ in found if number)

    @property
    def sentences(self) -> list[str]:
        """The first differences that the last check found."""
        found: list[Any] = self.checked.found if self.checked else []
        return [
            f"第 {number:,} 号封印：{what}" if number else what for number, what in found[:SHOWN]
        ]


def standing() -> Standing:
    head = Seal.objects.order_by("-number").first()
    checked = Verification.objects.order_by("-pk").first()
    return Standing(head, checked, unsealed(), sealing_key()[0])
