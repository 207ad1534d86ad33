"""Locking and changing capacity pools: always in the order of their ids, until the commit.

Invariant: bound to named products; the database itself refuses what exceeds a capacity.
"""

from collections.abc import Collection, Mapping
from typing import Any, Literal, NamedTuple

from apps.allocation.models.stop_triggers import LIMIT
from apps.scope.database import Ask, Rows, Touched, planned_rows, planned_run

LOCK = f"""
    SELECT product_id, {LIMIT.format(pool="p")}, fixed + allocated FROM allocation_capacitypool p
    WHERE product_id = ANY(%(products)s) ORDER BY id FOR NO KEY UPDATE
"""  # noqa: S608 - no value in it
ADD = """
    UPDATE allocation_capacitypool p SET {column} = p.{column} + c.change
    FROM unnest(%(products)s::bigint[], %(changes)s::bigint[]) AS c(product_id, change)
    WHERE p.product_id = c.product_id
"""
ADD_ONE = """
    UPDATE allocation_capacitypool SET allocated = allocated + %(change)s WHERE product_id = %(product)s
"""

Column = Literal["allocated", "fixed"]


class Pool(NamedTuple):
    """What a product can supply and what is taken of it, in smallest units.

    `None` is unlimited; a stopped product can supply what is taken already.
    """

    product: int
    capacity: int | None
    used: int


def lock(products: Collection[int]) -> list[Pool]:
    return [Pool(*row) for row in planned_rows(LOCK, {"products": list(products)})]


def add(column: Column, changes: Mapping[int, int]) -> None:
    """By product; the pools are locked already."""
    planned_run(ADD.format(column=column), _columns(changes))


def reserving(changes: Mapping[int, int]) -> list[Ask[Any]]:
    """The same to be sent with other statements, the lock included; one product is locked by its own change."""
    if not changes:
        return []
    if len(changes) == 1:
        ((product, change),) = changes.items()
        return [Touched(ADD_ONE, {"product": product, "change": change})]
    adding = Touched(ADD.format(column="allocated"), _columns(changes))
    return [Rows(LOCK, {"products": list(changes)}), adding]


def _columns(changes: Mapping[int, int]) -> dict[str, list[int]]:
    return {"products": list(changes), "changes": list(changes.values())}
