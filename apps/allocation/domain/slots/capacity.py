"""Reserving capacity: pools are locked in the order of their ids, last of all locks, and never overdrawn (S1-42).

Invariant: whoever changes what is reserved on a line calls this in the same transaction with the difference,
and as its last statements: everybody else who wants the product waits from here to the commit.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError

from apps.allocation.domain.pools import sql
from apps.allocation.domain.refusals import CapacityExceeded, Lack
from apps.allocation.models import CapacityPool
from apps.scope.database import Ask, send_last

NEVER_EXCEEDED = "capacity_never_exceeded"


def reserve(differences: Mapping[int, int]) -> None:
    """Add to what is allocated of each product, by product id, in two statements.

    Raises `CapacityExceeded` with what is left.
    """
    wanted = _changes(differences)
    if not wanted:
        return
    left = lock_pools(wanted)
    if any(free is not None and wanted[product] > max(free, 0) for product, free in left.items()):
        raise CapacityExceeded(_lacks(wanted))
    sql.add("allocated", wanted)


def reserve_last(differences: Mapping[int, int], *along: Ask[Any]) -> None:
    """The same in one trip: what the caller writes just before (`along`), the reservation, the COMMIT.

    The database itself refuses what exceeds a capacity: such an `IntegrityError` is `overdrawn`.
    """
    send_last(*along, *sql.reserving(_changes(differences)))


def overdrawn(error: IntegrityError) -> bool:
    """Whether more was reserved than was left."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return getattr(diagnosis, "constraint_name", None) == NEVER_EXCEEDED


def _changes(differences: Mapping[int, int]) -> dict[int, int]:
    return {product: change for product, change in differences.items() if change}


def release_confirmed(quantities: Mapping[int, int]) -> None:
    """Take confirmed quantities of participants who were removed out of `fixed`, by product id."""
    if quantities:
        lock_pools(quantities)
        sql.add("fixed", {product: -quantity for product, quantity in quantities.items()})


def move(fixed: Mapping[int, int], allocated: Mapping[int, int]) -> None:
    """Confirmed and reserved quantities at once, by product id. Raises `CapacityExceeded` with what is left."""
    changes = {pk: fixed.get(pk, 0) + allocated.get(pk, 0) for pk in {*fixed, *allocated}}
    left = lock_pools(changes)
    if any(free is not None and changes[pk] > max(free, 0) for pk, free in left.items()):
        raise CapacityExceeded(_lacks(changes))
    # What is given back first, so that no step between exceeds what the whole does not.
    for sign in (-1, 1):
        columns: tuple[tuple[sql.Column, Mapping[int, int]], ...] = (
            ("fixed", fixed),
            ("allocated", allocated),
        )
        for column, differences in columns:
            part = {pk: change for pk, change in differences.items() if change * sign > 0}
            if part:
                sql.add(column, part)


def lock_pools(products: Iterable[int]) -> dict[int, int | None]:
    """Lock the pools of these products in id order until the commit; returns what is left of each."""
    return {
        product: None if capacity is None else capacity - used
        for product, capacity, used in sql.lock(list(products))
    }


def _lacks(wanted: Mapping[int, int]) -> list[Lack]:
    """What is lacking, by name. Giving back always fits."""
    pools = CapacityPool.objects.filter(product_id__in=list(wanted)).with_offer()
    return [
        Lack(
            product_id=pool.product_id,
            name=f"{pool.product.enterprise.name} {pool.product.item.specification}",
            unit=pool.product.item.unit,
            wanted=wanted[pool.product_id],
            left=pool.left,
        )
        for pool in pools
        if pool.left is not None and wanted[pool.product_id] > max(pool.left, 0)
    ]
