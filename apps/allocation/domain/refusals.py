"""Refusals of allocation, as sentences a clerk can act on. Nothing was written when one is raised."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.review.domain.refusals import ReviewRefused


class AllocationRefused(ReviewRefused):
    """The base of all refusals of this app; `str()` is the sentence shown to the person."""


class RowConfirmed(AllocationRefused):
    """A confirmed record is locked until it is withdrawn (S1-45)."""


class RowMoved(AllocationRefused):
    """The slot was saved by somebody else since the page was shown."""


class SlotNotOffered(AllocationRefused):
    """The row has no such slot, or the slot no such product."""


class QuantityInvalid(AllocationRefused):
    """A contract quantity that no slot can hold."""


class SlotsNotFilled(AllocationRefused):
    """Not every shown slot is filled and inside its bounds (S1-44)."""


class NothingToWithdraw(AllocationRefused):
    """The record is neither confirmed nor moved."""


class CapacityRemains(AllocationRefused):
    """The slot can still be filled: nothing moves to the others (rules §3a.10)."""


class NothingToSubstitute(AllocationRefused):
    """Everybody has reported, or may still report."""


class NoTie(AllocationRefused):
    """There is no such tie to decide, or the enterprise is not one of the tied."""


@dataclass(frozen=True, slots=True)
class Lack:
    """A product that can't give what was asked: `wanted` more than before, `left` in its pool, smallest units."""

    product_id: int
    name: str
    unit: str
    wanted: int
    left: int

    @property
    def sentence(self) -> str:
        return (
            f"{self.name} 剩余产能 {self.left:,} {self.unit}，这次要增加 {self.wanted:,} {self.unit}，"
            f"超出 {self.wanted - self.left:,} {self.unit}"
        )


class CapacityExceeded(AllocationRefused):
    """The pools have less left than asked (S1-40, S1-41)."""

    def __init__(self, lacks: Sequence[Lack]) -> None:
        self.lacks = tuple(lacks)
        super().__init__("产能不足：" + "；".join(lack.sentence for lack in lacks) + "。没有保存。")
