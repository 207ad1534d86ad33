"""Reading what a plan of 取消中选 starts from. A constant number of statements, whatever the product was to supply."""

from apps.allocation.domain.stops import sql
from apps.allocation.domain.stops.planning import Choice, Market, StopPlan, plan_stop
from apps.allocation.domain.substitution.reading import Left, load_offers, load_these
from apps.allocation.models import CapacityPool
from apps.projects.domain.supply import suppliers_of
from apps.projects.models import Project


def planned(project: Project, choice: Choice, left: Left) -> StopPlan:
    """As it would be done now, with what is left of the products of the group: read, or locked."""
    lines = sql.lines_of(choice.product_id)
    rows = load_these(sorted({line.row for line in lines if line.is_filled}))
    places, _ = load_offers(project)
    touched = {(line.product_group, line.province) for line in lines}
    market = Market(
        {place: offers for place, offers in places.items() if place in touched},
        suppliers_of(project),
        project.capacity_counts_confirmed,
    )
    return plan_stop(choice, lines, rows, market, left)


def group_of(pool: CapacityPool) -> list[int]:
    """The products of its group, itself included: whatever may take its place."""
    rows = CapacityPool.objects.of_project(pool.project)
    group = rows.filter(product__item__product_group=pool.product.item.product_group)
    return list(group.order_by("product_id").values_list("product_id", flat=True))


def previewed(project: Project, pool: CapacityPool, choice: Choice) -> StopPlan:
    """Without locks."""
    return planned(project, choice, sql.left(group_of(pool)))
