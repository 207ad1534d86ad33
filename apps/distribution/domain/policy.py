"""What the alliance sets for delivery in a project."""

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import record
from apps.distribution.domain.relations.refusals import NotYourTurn
from apps.distribution.models import DeliveryPolicy
from apps.projects.models import Project
from apps.scope.paths import ROOT


def limit_of(project: Project) -> int | None:
    """The limit that holds now."""
    policy = DeliveryPolicy.objects.filter(project=project).first()
    return policy.most if policy else None


@transaction.atomic
def set_limit(
    project: Project, most: int | None, *, by: Actor, seen: Seen | None = None
) -> DeliveryPolicy:
    """The most distributors of a product at a place, `None` for no limit. What is there already stays.

    Raises `NotYourTurn`, `ChangedMeanwhile`.
    """
    if not by.may(Permission.MANAGE):
        raise NotYourTurn("只有联采办中有“管理”权限的账号可以设置配送企业上限。")
    list(Project.objects.select_for_update(of=("self",), no_key=True).filter(pk=project.pk))
    require_seen(seen, project)
    policy: DeliveryPolicy
    policy, _ = DeliveryPolicy.objects.update_or_create(project=project, defaults={"most": most})
    said = f"最多 {most} 家" if most else "不限"
    record(
        by=by,
        verb="设置配送企业上限",
        object=project.name,
        sentence=f"项目“{project.name}”每个产品每个地区的配送企业上限：{said}。",
        path=ROOT,
        project_code=project.code,
    )
    return policy
