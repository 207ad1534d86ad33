"""What follows when a unit's account is enabled or disabled: apps above register, so that those concerned are told.

Invariant: what is registered runs in the transaction of the switch, and costs nothing where it has no say.
"""

from collections.abc import Callable

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User

Follower = Callable[[User, Actor], None]
_followers: list[Follower] = []


def register_follower(follower: Follower) -> None:
    """Once by each app, when it is ready."""
    _followers.append(follower)


def follow_switch(account: User, *, by: Actor) -> None:
    """A main account was just enabled or disabled, as `account.is_active` says."""
    for follower in _followers:
        follower(account, by)
