"""What pages read of stops: the acts, their institutions with what takes the product's place, an institution's own."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from apps.allocation.domain.stops.confirming import awaiting
from apps.allocation.models import CapacityPool, ProductStop, Slot, SlotLine, StopShare
from apps.projects.models import Project
from apps.review.models import Filing


def stops_of(project: Project) -> QuerySet[ProductStop]:
    """The acts of a project, the latest first."""
    rows = ProductStop.objects.of_project(project).with_products()
    found: QuerySet[ProductStop] = rows.select_related("ended_by").order_by("-number", "-pk")
    return found


def shares_of(stop: ProductStop) -> QuerySet[StopShare]:
    """Of the reader's institutions; of an act that ends another, those of the other."""
    rows = StopShare.objects.filter(stop=stop.ends_id or stop.pk)
    found: QuerySet[StopShare] = rows.select_related("filing__organization").order_by("path", "pk")
    return found


Names = Mapping[int, tuple[str, str]]
"""By product, its enterprise and its unit."""


def names_of(project: Project) -> Names:
    """Of every product of the project; one statement."""
    rows = CapacityPool.objects.of_project(project).with_offer()
    return {row.product_id: (str(row.product.enterprise), row.product.item.unit) for row in rows}


def instead_in_words(stop: ProductStop) -> Callable[[StopShare], str]:
    """What each institution has more of; two names are read once for all rows."""
    names = names_of(stop.project)

    def said(share: StopShare) -> str:
        return words_of(share, names, stop.product_id)

    return said


def words_of(share: StopShare, names: Names, stopped: int) -> str:
    """`甲企业 1,200 片；乙企业 36 粒；未能分配 12`: lines after less lines before, of other products."""
    more: Counter[int] = Counter()
    for content, sign in ((share.after or {}, 1), (share.before, -1)):
        for _, slot, product, contract, reserved, _ in content.get("lines", ()):
            more[product] += sign * ((contract if slot == Slot.SELECTED else reserved) or 0)
    said = []
    for product, quantity in sorted(more.items()):
        if quantity and product != stopped:
            name, unit = names[product]
            said.append(f"{name} {quantity:+,} {unit}".strip())
    if short := _unplaced(share.after) - _unplaced(share.before):
        said.append(f"未能分配 {short:,}")
    return "；".join(said) or "—"


def _unplaced(content: Mapping[str, Any] | None) -> int:
    return sum(row[6] + row[7] for row in (content or {}).get("rows", ()))


def adjusted_lines(filing: Filing, shares: Sequence[StopShare]) -> QuerySet[SlotLine]:
    """The lines of the rows that these acts touched, as they are now."""
    rows = {row[0] for share in shares for row in share.before["rows"]}
    lines = SlotLine.objects.of_filing(filing).filter(row__in=rows).taken()
    found: QuerySet[SlotLine] = (
        lines.with_terms()
        .with_earlier()
        .select_related("row__item")
        .order_by("row__item__position", "row_id", "pk")
    )
    return found


def own_shares(filing: Filing) -> list[StopShare]:
    """What an institution was given instead of products that are cancelled, the latest first."""
    rows = StopShare.objects.filter(filing=filing, stop__in=ProductStop.objects.in_force())
    named = rows.select_related(
        "stop__product__item",
        "stop__product__enterprise",
        "stop__replacement__item",
        "stop__replacement__enterprise",
        "stop__project",
    )
    return list(named.order_by("-stop__number"))


def waits(filing: Filing) -> bool:
    """Whether an institution has something to confirm."""
    return bool(awaiting(filing).exists())
