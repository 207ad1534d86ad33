"""Reserving capacity: pools are locked in the order of their ids, last of all locks, and never overdrawn (S1-42).

Invariant: whoever changes what is reserved on a line calls this in the same transaction with the difference,
and as its last statements: everybody else who wants the product waits from here to the commit.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError

from apps.allocation.domain.refusals import CapacityExceeded, Lack
from apps.allocation.domain.statements import rows, run
from apps.allocation.models import CapacityPool
from apps.scope.together import Ask, Rows, Touched, send_last

LOCK = """
    SELECT product_id, capacity, fixed + allocated FROM allocation_capacitypool
    WHERE product_id = ANY(%(products)s) ORDER BY id FOR NO KEY UPDATE
"""
ADD = """
    UPDATE allocation_capacitypool p SET {column} = p.{column} + c.change
    FROM unnest(%(products)s::bigint[], %(changes)s::bigint[]) AS c(product_id, change)
    WHERE p.product_id = c.product_id
"""
ADD_ONE = """
    UPDATE allocation_capacitypool SET allocated = allocated + %(change)s WHERE product_id = %(product)s
"""
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
    _add("allocated", wanted)


def reserve_last(differences: Mapping[int, int], *along: Ask[Any]) -> None:
    """The same in one trip: what the caller writes just before (`along`), the reservation, the COMMIT.

    The database itself refuses what exceeds a capacity: such an `IntegrityError` is `overdrawn`.
    """
    wanted = _changes(differences)
    if len(wanted) == 1:
        ((product, change),) = wanted.items()
        send_last(*along, Touched(ADD_ONE, {"product": product, "change": change}))
    elif wanted:
        products, changes = list(wanted), list(wanted.values())
        adding = Touched(ADD.format(column="allocated"), {"products": products, "changes": changes})
        send_last(*along, Rows(LOCK, {"products": products}), adding)
    else:
        send_last(*along)


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
        _add("fixed", {product: -quantity for product, quantity in quantities.items()})


def lock_pools(products: Iterable[int]) -> dict[int, int | None]:
    """Lock the pools of these products in id order until the commit; returns what is left of each."""
    found = rows(LOCK, {"products": list(products)})
    return {
        product: None if capacity is None else capacity - used for product, capacity, used in found
    }


def _add(column: str, changes: Mapping[int, int]) -> None:
    values = {"products": list(changes), "changes": list(changes.values())}
    run(ADD.format(column=column), values)


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
