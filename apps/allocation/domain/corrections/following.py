"""What a correction moves in an allocation: slots are judged by packs and daily usages, amounts by prices.

Invariants: who owns the fixed slots was decided at publication and stays; a capacity never goes below what is taken;
pools are locked last.
"""

from collections.abc import Sequence

from apps.allocation.domain.corrections import sql
from apps.allocation.domain.slots.capacity import lock_pools
from apps.allocation.models import CapacityPool
from apps.projects.domain.corrections.fields import Change, Effect
from apps.review.domain.kinds import Reach
from apps.review.domain.refusals import ActionRefused

PRODUCTS, ITEMS = "projects_winningproduct", "projects_catalogitem"
TOO_LOW = "最大产能不能低于已占用的 {used:,}（确认量 {fixed:,}、已分配 {allocated:,}）。"
OF_TERMS = {"price", "pack", "daily_usage"}


def effect(change: Change) -> Effect:
    """An item's pack and price are for reading only: slots go by the products' own."""
    if change.table == ITEMS and change.field in ("pack_quantity", "reference_price"):
        return Effect.TEXT
    return change.effect


def reach(changes: Sequence[Change]) -> list[Reach]:
    """One statement, or two."""
    of_product = {c.field: c.value for c in changes if c.table == PRODUCTS and c.field in OF_TERMS}
    if of_product:
        product = changes[0].pk
        terms = CapacityPool.objects.select_related("terms").get(product=product).terms.complete
        price = of_product.get("price", terms.price)
        pack = of_product.get("pack", terms.pack)
        return [Reach(*held) for held in sql.reach_of_product(product, price=price, pack=pack)]
    if items := [c.pk for c in changes if c.table == ITEMS and c.field == "daily_usage"]:
        return [Reach(*held) for held in sql.reach_of_item(items[0])]
    return []


def objection(changes: Sequence[Change]) -> str:
    """What is taken is read as it stands; `follow` asks again under the pool's lock."""
    for change in changes:
        if change.field == "capacity" and change.value is not None:
            pool = CapacityPool.objects.get(product=change.pk)
            if change.value < pool.used:
                return TOO_LOW.format(used=pool.used, fixed=pool.fixed, allocated=pool.allocated)
    return ""


def touched(changes: Sequence[Change]) -> list[int]:
    filings: set[int] = set()
    for table, pk in {(change.table, change.pk) for change in changes}:
        read = sql.touched_by_product if table == PRODUCTS else sql.touched_by_item
        filings.update(read(pk))
    return sorted(filings)


def follow(changes: Sequence[Change], filings: Sequence[int]) -> None:
    """Open what rests on a corrected measure, then let the pools follow. Raises `ActionRefused` for a capacity."""
    for table, pk in {(c.table, c.pk) for c in changes if effect(c) == Effect.MEASURE}:
        if filings:
            (sql.open_by_product if table == PRODUCTS else sql.open_by_item)(pk, filings)
    products = sorted({change.pk for change in changes if change.table == PRODUCTS})
    if not products:
        return
    lock_pools(products)
    if refused := objection(changes):
        raise ActionRefused(refused)
    sql.take_over(products)
