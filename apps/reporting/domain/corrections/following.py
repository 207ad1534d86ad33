"""What a correction of an item moves in a demand round: the pack what was typed, the price what comes from now on.

A daily usage is nothing that an institution of a demand round sees or counts with: the next calculation takes it up.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from apps.projects.domain.corrections.fields import Change, Effect
from apps.projects.models import CatalogItem, Project
from apps.reporting.domain.corrections import sql
from apps.reporting.domain.publication import bring_history
from apps.review.domain.kinds import Reach

PACK, PRICE, WITHDRAWN = "pack_quantity", "reference_price", "is_withdrawn"
MOVING = (PACK, PRICE, WITHDRAWN)
ITEMS = "projects_catalogitem"


def effect(change: Change) -> Effect:
    return Effect.TEXT if change.field == "daily_usage" else change.effect


def reach(changes: Sequence[Change]) -> list[Reach]:
    """Two statements for a price or a pack, none for texts."""
    counted = [change for change in changes if change.field in MOVING and change.table == ITEMS]
    if not counted:
        return []
    item = CatalogItem.objects.get(pk=counted[0].pk)
    values: dict[str, Any] = {change.field: change.value for change in counted}
    pack, price = values.get(PACK, item.pack_quantity), values.get(PRICE, item.reference_price)
    price = Decimal(0) if values.get(WITHDRAWN) else price
    return [Reach(*held) for held in sql.reach(item.pk, price=price, pack=pack)]


def touched(changes: Sequence[Change]) -> list[int]:
    filings = (sql.touched(change.pk) for change in changes if change.field in (PACK, WITHDRAWN))
    return sorted({pk for some in filings for pk in some})


def ask_added(project: Project, item: CatalogItem, filings: Sequence[int]) -> None:
    """An empty line that is 待修改 for who reported before; what was bought of it comes from the history project."""
    sql.make_stale(project.pk)
    sql.ask_added(item.pk, filings)
    bring_history(project, item)


def follow(project: Project, changes: Sequence[Change], filings: Sequence[int]) -> None:
    """Marks of boxes are judged anew, confirmations taken back, the lines are 待修改; sums of work follow."""
    if any(change.field in MOVING for change in changes):
        sql.make_stale(project.pk)
    for change in changes:
        if change.field == PACK and filings:
            sql.recheck(change.pk, filings)
        if change.field == WITHDRAWN and change.value and filings:
            sql.withdraw(change.pk, filings)
