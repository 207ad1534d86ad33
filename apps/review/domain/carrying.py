"""Which service carries out an act: the one that registered for it, else `perform` alone.

Invariant: whoever carries out acts, on one filing or on many, fills in one `Instruction` and asks no act its name.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from apps.accounts.domain.actors import Actor
from apps.review.domain.returns.deadlines import NONE_GIVEN, Deadlines
from apps.review.models import Filing
from apps.review.models.statuses import Action


@dataclass(frozen=True, slots=True)
class Instruction:
    """Who acts, and what was filled in.

    `versions` are the versions that the person saw, by id. `deadline`: the end of the correction. `closes_at`: the
    end of a 补报, `packages` the ids of those that its page said would be returned for it, `deadlines` how long each of
    their tiers has then. `sheet_checked`: 签章完整 and 数据一致 were ticked for all of them. `confirmed`: the numbers
    of what is open, and the names of who is missing, were seen and accepted. `losing`: how many reported institutions
    the package may leave out. `lines`: those that a return names.
    """

    by: Actor
    reason: str = ""
    versions: Mapping[int, int] | None = None
    deadline: datetime | None = None
    closes_at: datetime | None = None
    sheet_checked: bool = False
    confirmed: bool = False
    losing: int = 0
    lines: Sequence[int] = ()
    packages: Collection[int] = ()
    deadlines: Deadlines = field(default_factory=lambda: NONE_GIVEN)


Service = Callable[[Sequence[Filing], Instruction], list[Filing]]
_services: dict[Action, Service] = {}


def carries(action: Action) -> Callable[[Service], Service]:
    """Beside a service that does more than move the status: the act is carried out by it."""

    def register(service: Service) -> Service:
        _services[action] = service
        return service

    return register


def service_for(action: Action) -> Service | None:
    return _services.get(action)
