"""指定: the alliance names one of the enterprises that share a fixed slot (rules §3a.3)."""

from collections.abc import Collection, Sequence

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.publication.planting import standing
from apps.allocation.domain.refusals import AllocationRefused, NoTie
from apps.allocation.models import DesignationPick, Slot
from apps.audit.domain.seen import last_told
from apps.audit.services import record
from apps.organizations.models import Enterprise, Organization
from apps.projects.models import Project
from apps.review.domain.checks import check_alliance
from apps.scope.paths import ROOT
from apps.ui.formats import moment

WHAT = {Slot.LOWEST: "日均费用最低", Slot.HIGHEST: "降幅最高"}


@transaction.atomic
def pick_enterprise(
    *,
    project: Project,
    product_group: str,
    slot: Slot,
    enterprise: Enterprise,
    by: Actor,
    was_open: bool = False,
) -> int:
    """Decide every tie of the group that the enterprise is part of; returns the number of provinces.

    `was_open`: the page showed the tie as undecided; what a colleague decided meanwhile is told, not replaced.
    Raises `NoTie`, also for an enterprise that shares no tie, and `AllocationRefused`.
    """
    check_alliance(by)
    project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    if project.is_frozen:
        raise AllocationRefused("项目已经发布，不能再指定。")
    picks = DesignationPick.objects.filter(project=project, product_group=product_group, slot=slot)
    decided = list(picks.exclude(enterprise=enterprise).select_related("enterprise"))
    picks.delete()
    ties = [
        tie
        for tie in standing(project)[0].ties
        if (tie.place.product_group, tie.slot) == (product_group, slot)
        and enterprise.pk in tie.enterprises
    ]
    if was_open:
        _require_undecided(project, decided, {pk for tie in ties for pk in tie.enterprises})
    paths = [tie.place.province for tie in ties]
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


def _require_undecided(
    project: Project, decided: Sequence[DesignationPick], tied: Collection[int]
) -> None:
    """Raises `AllocationRefused` if another of the tied enterprises was chosen meanwhile."""
    other = next((pick for pick in decided if pick.enterprise_id in tied), None)
    if other is None:
        return
    trail = {"project_code": project.code, "verb": "指定", "object": other.product_group}
    entry = last_told(trail)
    who = f"（{entry.actor_name} {moment(entry.at)}）" if entry else ""
    raise AllocationRefused(
        f"产品组“{other.product_group}”已指定{other.enterprise.name}{who}，没有改动。请刷新后核对。"
    )
