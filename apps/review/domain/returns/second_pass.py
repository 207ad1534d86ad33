"""The second pass over a filing that came back: what its return asked for, and how much of it was done. Reads only.

The lines that a return names carry its sequence (`asked_in`), whatever becomes of them; the last return alone counts.
"""

from dataclasses import dataclass

from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import FROZEN, Status


@dataclass(frozen=True, slots=True)
class Again:
    """The last return of a filing; `asked` lines were named, of which `done` are changed since."""

    event: FilingEvent
    is_reported: bool
    asked: int = 0
    done: int = 0

    @property
    def who(self) -> str:
        """In whose name it was returned, and who did it where that is somebody else."""
        event = self.event
        place = f"代{event.on_behalf_of}" if event.on_behalf_of else ""
        return f"{event.organization_name}{place} {event.actor_name}".strip()

    @property
    def words(self) -> str:
        """`要求改 2 条，已改 1 条`."""
        if not self.asked:
            return ""
        asked = f"要求改 {self.asked:,} 条"
        return f"{asked}，已改 {self.done:,} 条" if self.is_reported else asked

    @property
    def tone(self) -> str:
        """A warning where something that was asked for was not done."""
        return "warning" if self.done < self.asked else "info"


def last_return(filing: Filing) -> FilingEvent | None:
    """The return, or the withdrawal that was granted, that a filing came back from last; one statement."""
    if not filing.return_reason:
        return None
    events = FilingEvent.objects.filter(filing=filing, target=Status.RETURNED)
    returns = events.exclude(source=Status.RETURNED)
    event: FilingEvent | None = returns.order_by("-sequence").first()
    return event


def again(filing: Filing, event: FilingEvent | None, *, asked: int, done: int) -> Again | None:
    """For the page of the filing; nothing where it never came back."""
    return Again(event, filing.state in FROZEN, asked, done) if event else None
