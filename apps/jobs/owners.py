"""What jobs must know of people, asked of the apps above by the names in the settings.

`JOBS_OWNERS`: an authentication backend, whose `get_user` says who may act now. `JOBS_SCOPE_OF`: a function,
user → Scope. `JOBS_ACTOR`: a class with `of(user)` and `system()`.
"""

from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from apps.scope.context import Scope
from apps.scope.paths import ROOT


def reload_owner(owner_id: int) -> Any:
    """The account as it is now, or None if it is gone, or shut by itself, with its unit or its main account."""
    return import_string(settings.JOBS_OWNERS)().get_user(owner_id)


def scope_of(owner: Any, *, reason: str) -> Scope:
    """What the job may see: what its owner sees; a job of the system sees the country."""
    if owner is None:
        return Scope(reason=reason, everything=True)
    return import_string(settings.JOBS_SCOPE_OF)(owner)


def actor_of(owner: Any, *, through: str = "", through_id: int | None = None) -> Any:
    """The author of what the job does. `through`: the token of the program that asked for it."""
    actor_class = import_string(settings.JOBS_ACTOR)
    if owner is None:
        return actor_class.system()
    return actor_class.of(owner, token=through, token_id=through_id)


def lacks(owner: Any, permissions: tuple[str, ...]) -> bool:
    """Whether the account has lost a right that the job needs."""
    return not all(owner.has(permission) for permission in permissions)


def place_of(owner: Any) -> tuple[str, int | None]:
    """Path and enterprise of the job's row."""
    return (owner.path, owner.enterprise_id) if owner else (ROOT, None)
