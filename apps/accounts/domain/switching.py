"""What hangs on a unit or an enterprise before it is disabled or renamed, and what follows when it was switched.

Apps above register. Invariant: followers run in the transaction of the switch; who has no say costs nothing.
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


Hanging = Callable[[str, str], list[str]]
_hanging: list[Hanging] = []


def register_hanging(hanging: Hanging) -> None:
    """`hanging(path, role)` says in short phrases what rests on the unit or enterprise there."""
    if hanging not in _hanging:
        _hanging.append(hanging)


def hangs_on(path: str, role: str) -> list[str]:
    """Everything that rests on it, for whoever is about to disable or rename it."""
    return [said for hanging in _hanging for said in hanging(path, role)]
