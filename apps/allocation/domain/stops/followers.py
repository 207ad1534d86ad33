"""What is built on agreed quantities hears of a stop in its own transaction: agreements register here."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.accounts.domain.actors import Actor
    from apps.allocation.models import ProductStop


@dataclass(frozen=True, slots=True)
class Moved:
    """The agreed quantities that an act changed: pairs of filing and product."""

    stop: "ProductStop"
    places: Collection[tuple[int, int]]


Follower = Callable[..., None]
_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Called once by each app that follows; it is called with `Moved` and `by`, after totals were renewed."""
    _followers.append(follower)


def tell_followers(moved: Moved, *, by: "Actor") -> None:
    for follower in _followers:
        follower(moved, by=by)
