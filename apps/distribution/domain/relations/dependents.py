"""What rests on an agreed relation: agreements register here, so that the machine asks them and tells them.

Invariant: `bound` is asked before an answer is taken back; `on_void` runs in the transaction of the void.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.accounts.domain.actors import Actor
    from apps.distribution.models import DeliveryRelation


@dataclass(frozen=True, slots=True)
class Dependents:
    """`bound(ids)`: the relations that something in force rests on; `on_void(relations, by=…, reason=…)` marks it."""

    name: str
    bound: Callable[[Collection[int]], set[int]]
    on_void: Callable[..., None]


_registered: dict[str, Dependents] = {}


def register(dependents: Dependents) -> None:
    """Once, when the app is ready; the same name again replaces."""
    _registered[dependents.name] = dependents


def bound_relations(ids: Collection[int]) -> set[int]:
    return {pk for dependents in _registered.values() for pk in dependents.bound(ids)}


def tell_void(relations: "Sequence[DeliveryRelation]", *, by: "Actor", reason: str) -> None:
    """Agreed relations were just voided."""
    for dependents in _registered.values():
        dependents.on_void(relations, by=by, reason=reason)
