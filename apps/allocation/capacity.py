"""Reserving capacity: pools are locked in the order of their ids, last of all locks, and never overdrawn (S1-42).

Invariant: whoever changes what is reserved on a line calls this in the same transaction with the difference.
"""

from collections.abc import Mapping

from django.db.models import BigIntegerField, Case, F, Value, When

from .models import CapacityPool
from .refusals import CapacityExceeded, Lack


def reserve(differences: Mapping[int, int]) -> None:
    """Add to what is allocated of each product, by product id; two statements, whatever their number.

    Raises `CapacityExceeded` with what is left.
    """
    wanted = {product: change for product, change in differences.items() if change}
    if not wanted:
        return
    pools = lock_pools(wanted)
    lacks = [lack for pool in pools if (lack := lack_of(pool, wanted[pool.product_id]))]
    if lacks:
        raise CapacityExceeded(lacks)
    _add("allocated", pools, wanted)


def release_confirmed(quantities: Mapping[int, int]) -> None:
    """Take confirmed quantities of participants who were removed out of `fixed`, by product id."""
    if quantities:
        pools = lock_pools(quantities)
        _add("fixed", pools, {product: -quantity for product, quantity in quantities.items()})


def lock_pools(products: Mapping[int, int]) -> list[CapacityPool]:
    """The pools of these products, locked in id order until the transaction ends."""
    return list(
        CapacityPool.objects.filter(product_id__in=list(products))
        .select_related("product__enterprise", "product__item")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    )


def lack_of(pool: CapacityPool, change: int) -> Lack | None:
    """What is lacking for `change` more; `None` if it fits. Giving back always fits."""
    if change <= 0 or pool.left is None or change <= pool.left:
        return None
    product = pool.product
    name = f"{product.enterprise.name} {product.item.specification}"
    return Lack(pool.product_id, name, product.item.unit, wanted=change, left=pool.left)


def _add(column: str, pools: list[CapacityPool], changes: Mapping[int, int]) -> None:
    whens = [When(pk=pool.pk, then=Value(changes[pool.product_id])) for pool in pools]
    change = Case(*whens, output_field=BigIntegerField())
    CapacityPool.objects.filter(pk__in=[pool.pk for pool in pools]).update(
        **{column: F(column) + change}
    )
