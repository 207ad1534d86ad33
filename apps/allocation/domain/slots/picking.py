"""指定: the alliance names one of the enterprises that share a fixed slot (rules §3a.3)."""

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.publication.planting import standing
from apps.allocation.domain.refusals import AllocationRefused, NoTie
from apps.allocation.models import DesignationPick, Slot
from apps.audit.services import record
from apps.organizations.models import Enterprise, Organization
from apps.projects.models import Project
from apps.review.domain.checks import check_alliance
from apps.scope.paths import ROOT

WHAT = {Slot.LOWEST: "日均费用最低", Slot.HIGHEST: "降幅最高"}


@transaction.atomic
def pick_enterprise(
    *, project: Project, product_group: str, slot: Slot, enterprise: Enterprise, by: Actor
) -> int:
    """Decide every tie of the group that the enterprise is part of; returns the number of provinces.

    Raises `NoTie`, also for an enterprise that shares no tie.
    """
    check_alliance(by)
    project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    if project.is_frozen:
        raise AllocationRefused("项目已经发布，不能再指定。")
    DesignationPick.objects.filter(project=project, product_group=product_group, slot=slot).delete()
    paths = [
        tie.place.province
        for tie in standing(project)[0].ties
        if (tie.place.product_group, tie.slot) == (product_group, slot)
        and enterprise.pk in tie.enterprises
    ]
    if not paths:
        raise NoTie(f"“{enterprise.name}”在产品组“{product_group}”没有并列，无需指定。")
    provinces = dict(Organization.objects.filter(path__in=paths).values_list("path", "pk"))
    DesignationPick.objects.bulk_create(
        DesignationPick(
            project=project,
            product_group=product_group,
            province_id=provinces[path],
            path=path,
            slot=slot,
            enterprise=enterprise,
        )
        for path in paths
    )
    record(
        by=by,
        verb="指定",
        object=product_group,
        sentence=f"产品组“{product_group}”{WHAT[slot]}并列，指定{enterprise.name}（{len(paths)} 个省）",
        path=ROOT,
        project_code=project.code,
    )
    return len(paths)
