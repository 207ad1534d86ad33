"""What an institution was given instead of a cancelled product: confirmed by it, or reported anew (`kept.sql`).

Invariant: from the first confirmation on the 取消中选 is not taken back.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.allocation.domain.refusals import AllocationRefused
from apps.allocation.models import ProductStop, StopShare
from apps.audit.services import record
from apps.projects.models import Project, ProjectKind
from apps.review.domain.locks import lock_branch
from apps.review.domain.refusals import NotYourTurn
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action
from apps.ui.pages.seen_sets import seen_rows

AT_WORK = "您单位的分量还没有上报：请在“中选产品采购量确认”和“待分配量选择和确认”中确认后上报。"
NOTHING = "没有需要确认的替补数量，没有重复办理。"


def awaiting(filing: Filing) -> QuerySet[StopShare]:
    """Of an institution, what it has not confirmed yet."""
    rows: QuerySet[StopShare] = StopShare.objects.filter(
        filing=filing, confirmed_at__isnull=True, stop__in=ProductStop.objects.in_force()
    )
    return rows


def number_awaiting(filing: str) -> Coalesce:
    """To annotate: how many of them a filing has, which is named by a reference."""
    stops = ProductStop.objects.in_force()
    rows = StopShare.objects.filter(
        filing=OuterRef(filing), confirmed_at__isnull=True, stop__in=stops
    )
    counted = rows.order_by().values("filing").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), Value(0), output_field=IntegerField())


@transaction.atomic
def confirm_shares(*, filing: Filing, project: Project, by: Actor, seen: str | None = None) -> int:
    """替补确认 of an institution that has reported; returns how many acts it confirmed.

    `seen` is the stamp of what a page counted. Raises `NotYourTurn`, `AllocationRefused`, `seen_sets.SetMoved`.
    """
    (held,) = lock_branch([filing]).filings or (None,)
    unit = by.organization
    if held is None or unit is None or unit.pk != held.organization_id:
        raise NotYourTurn("只有本机构可以确认自己的替补数量。")
    if not by.may(Permission.REPORT):
        raise NotYourTurn("您的账号没有“上报”权限。")
    if held.state not in FROZEN:
        raise AllocationRefused(AT_WORK)
    rows: Any = awaiting(held)
    if seen is not None:
        rows = seen_rows(rows, seen)
    shares = list(rows.select_related("stop__product__item", "stop__product__enterprise"))
    if not shares:
        raise AllocationRefused(NOTHING)
    _confirm(shares, by)
    names = "、".join(f"{s.stop.product.item} · {s.stop.product.enterprise}" for s in shares)
    record(
        by=by,
        verb="替补确认",
        object=project.name,
        sentence=f"确认取消中选后的替补数量 {len(shares)} 项：{names}",
        path=held.path,
        project_code=project.code,
    )
    return len(shares)


def _confirm(shares: Sequence[StopShare], by: Actor) -> None:
    StopShare.objects.filter(pk__in=[share.pk for share in shares]).update(
        confirmed_at=timezone.now(), confirmed_by=by.user
    )


def keep_from_returning(
    project: Project, filings: Sequence[Filing], action: Action
) -> Mapping[int, str]:
    """A guard: what was reported or allotted before a 取消中选 is not put back. One statement."""
    if project.kind != ProjectKind.ALLOCATION:
        return {}
    shares = StopShare.objects.filter(
        filing__in=[filing.pk for filing in filings], stop__in=ProductStop.objects.in_force()
    )
    latest = shares.order_by().values_list("filing").annotate(Max("stop__at"))
    moved = dict(latest.values_list("filing", "stop__at__max"))
    reported = {filing.pk: filing.submitted_at for filing in filings}
    said = "上次上报之后有中选产品取消中选，不能恢复到此前的数量，须由机构核对后重新上报"
    return {pk: said for pk, at in moved.items() if (reported[pk] or at) <= at}
