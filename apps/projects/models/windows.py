"""One function decides whether a tier may act at a moment. Pure; no Django.

Intervals are half open: the opening moment is inside, the closing moment is outside (rules §1). Moments are aware.
Invariant: a province's own window only narrows the national one; a supplement opens a unit's window anew.
"""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time with a switch. `opens_at` is inside, `closes_at` is not."""

    opens_at: datetime
    closes_at: datetime
    is_on: bool = True

    def __post_init__(self) -> None:
        if self.opens_at.tzinfo is None or self.closes_at.tzinfo is None:
            raise ValueError("A window needs aware moments.")
        if self.opens_at >= self.closes_at:
            raise ValueError("A window must open before it closes.")

    def contains(self, at: datetime) -> bool:
        return self.is_on and self.opens_at <= at < self.closes_at

    def holds(self, other: "Window") -> bool:
        """Whether the other lies within; switches don't matter."""
        return self.opens_at <= other.opens_at and other.closes_at <= self.closes_at

    def is_same_span(self, other: "Window") -> bool:
        return (self.opens_at, self.closes_at) == (other.opens_at, other.closes_at)

    def narrowed_by(self, other: "Window | None") -> "Window | None":
        """The common part of both; `None` if they have none. Off in either is off."""
        if other is None:
            return self
        opens_at, closes_at = (
            max(self.opens_at, other.opens_at),
            min(self.closes_at, other.closes_at),
        )
        if opens_at >= closes_at:
            return None
        return Window(opens_at, closes_at, is_on=self.is_on and other.is_on)


@dataclass(frozen=True, slots=True)
class Timing:
    """Everything that decides when one filing may be acted on."""

    national: Window | None
    province: Window | None = None
    supplement: Window | None = None
    deadline: datetime | None = None

    @property
    def own(self) -> Window | None:
        """The window of the filing's tier after the province narrowed it."""
        return self.national.narrowed_by(self.province) if self.national else None

    def is_open(self, at: datetime) -> bool:
        """Within the tier's own window, or within a supplement granted to the unit."""
        own = self.own
        return (own is not None and own.contains(at)) or (
            self.supplement is not None and self.supplement.contains(at)
        )

    def is_open_or_before_deadline(self, at: datetime) -> bool:
        """As `is_open`, or a correction deadline has not passed."""
        return self.is_open(at) or (self.deadline is not None and at < self.deadline)

    def closes_at(self, at: datetime) -> datetime | None:
        """When what is open now ends; `None` if nothing is open."""
        ends = [
            window.closes_at
            for window in (self.own, self.supplement)
            if window and window.contains(at)
        ]
        if self.deadline is not None and at < self.deadline:
            ends.append(self.deadline)
        return max(ends, default=None)
