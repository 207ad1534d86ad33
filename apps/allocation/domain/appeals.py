"""申诉 on volumes and designations of an allocation: of an institution its rows, of an enterprise its products.

The alliance answers: it gave the volumes, it published the designations, it stopped products.
"""

from django.db.models import Max, Sum
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.reads import agreements_for
from apps.allocation.models import (
    AllocationRow,
    CapacityPool,
    GroupDesignation,
    StopShare,
)
from apps.projects.models import Project
from apps.review.domain.appeals.matters import ALLIANCE, Matter, own_filing
from apps.review.models import About, Filing
from apps.scope.paths import province_path


def find_row(project: Project, by: Actor, key: int) -> Matter | None:
    """The volume of one row; since a product stopped, as it moved it."""
    filing, row = _own_row(project, by, key)
    if filing is None or row is None:
        return None
    moved = StopShare.objects.filter(filing=filing).aggregate(at=Max("stop__at"))["at"]
    said = f"填报量 {row.reported:,}、约定采购量 {row.agreed:,}、中选产品确认量 {row.kept:,}"
    return Matter(
        about=About.VOLUME,
        title=f"{row.item.item_code} {row.item} 分配量",
        said=f"{said}、待分配量 {row.pending:,}（{row.item.unit}）",
        page=reverse("allocation:selected_list", args=[project.code]),
        at=moved or project.published_at,
        answerer=ALLIANCE,
        filing=filing,
    )


def find_designation(project: Project, by: Actor, key: int) -> Matter | None:
    """The enterprises of the fixed slots of a row's product group in its province."""
    filing, row = _own_row(project, by, key)
    if filing is None or row is None:
        return None
    group = row.item.product_group
    rows = GroupDesignation.objects.filter(project=project, product_group=group)
    held = rows.filter(path=province_path(filing.path)).select_related("lowest", "highest").first()
    if held is None:
        return None
    return Matter(
        about=About.DESIGNATION,
        title=f"产品组 {group} 固定份额企业",
        said=f"日均费用最低：{held.lowest}；降幅最高：{held.highest}",
        page=reverse("allocation:pending_list", args=[project.code]),
        at=project.published_at,
        answerer=ALLIANCE,
        filing=filing,
    )


def _own_row(project: Project, by: Actor, key: int) -> tuple[Filing | None, AllocationRow | None]:
    filing = own_filing(project, by)
    rows = AllocationRow.objects.filter(filing=filing, pk=key).with_item()
    return filing, rows.first() if filing else None


def find_product(project: Project, by: Actor, key: int) -> Matter | None:
    """Of an enterprise: what was agreed of its winning product, as far as it sees it."""
    pool = _own_pool(project, by, key)
    if pool is None:
        return None
    rows, _by_province = agreements_for(by.user, project)
    total = rows.filter(product=key).order_by().aggregate(all=Sum("quantity"))["all"] or 0
    return Matter(
        about=About.VOLUME,
        title=f"{pool.product.item.item_code} {pool.product.item} 协议采购量",
        said=f"协议采购量合计 {total:,} {pool.product.item.unit}",
        page=reverse("allocation:agreement_list", args=[project.code]),
        at=project.concluded_at or project.published_at,
        answerer=ALLIANCE,
    )


def find_share(project: Project, by: Actor, key: int) -> Matter | None:
    """Of an enterprise: who owns the fixed slots in the group of its product; it isn't told who they are."""
    pool = _own_pool(project, by, key)
    if pool is None:
        return None
    group = pool.product.item.product_group
    return Matter(
        about=About.DESIGNATION,
        title=f"产品组 {group} 固定份额企业（{pool.product.item}）",
        said="日均费用最低和降幅最高的企业，按中选价和降幅于发布时确定",
        page=reverse("allocation:agreement_list", args=[project.code]),
        at=project.published_at,
        answerer=ALLIANCE,
    )


def products_without_agreement(project: Project, by: Actor) -> list[CapacityPool]:
    """Of an enterprise: its winning products of which it sees no agreed volume."""
    if by.user is None or by.user.enterprise_id is None:
        return []
    rows, _by_province = agreements_for(by.user, project)
    own = CapacityPool.objects.of_project(project).filter(product__enterprise=by.user.enterprise_id)
    without = own.exclude(product__in=rows.order_by().values("product"))
    return list(without.select_related("product__item").order_by("product_id"))


def _own_pool(project: Project, by: Actor, key: int) -> CapacityPool | None:
    if by.user is None or by.user.enterprise_id is None:
        return None
    pools = CapacityPool.objects.of_project(project).filter(product=key)
    own = pools.filter(product__enterprise=by.user.enterprise_id)
    pool: CapacityPool | None = own.select_related("product__item").first()
    return pool
