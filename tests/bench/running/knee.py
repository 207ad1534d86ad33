"""How many users a server bears: more and more of them until what they wait for is too long, then closer."""

from collections.abc import Callable
from dataclasses import dataclass, field

GROWTH, CLOSE = 1.5, 1.1
"""How many times as many users the next step has; how close the last good and the first bad one have to be."""


@dataclass(frozen=True)
class Step:
    """So many users for a while: actions a second, what 95 % of the actions waited at most (ms), what went wrong."""

    users: int
    rate: float
    p95: float
    failed: int = 0
    kinds: dict[str, float] = field(default_factory=dict)
    """p95 by kind of action."""
    clients: float = 0.0
    """Cores that the clients took."""

    def is_borne(self, limit: float) -> bool:
        return self.p95 < limit and not self.failed


def find_knee(
    measure: Callable[[int], Step], *, start: int, most: int, limit: float
) -> tuple[Step | None, list[Step]]:
    """The step with the most users that was borne, and all steps as they were taken. None: not even one user was."""
    steps: list[Step] = []
    good: Step | None = None
    too_many = most + 1
    users = start
    while 0 < users < too_many:
        step = measure(users)
        steps.append(step)
        if step.is_borne(limit):
            good = step
        else:
            too_many = users
        users = _next(good.users if good else 0, too_many, most)
    return good, steps


def _next(good: int, too_many: int, most: int) -> int:
    """0: it is found."""
    if too_many > most:
        return min(max(good + 1, int(good * GROWTH)), most) if good < most else 0
    if good and too_many / good <= CLOSE:
        return 0
    between = (good + too_many) // 2
    return between if between > good else 0
