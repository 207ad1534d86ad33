"""What the alliance sets for delivery in a project."""

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.services import record
from apps.distribution.domain.relations.refusals import NotYourTurn
from apps.distribution.models import DeliveryPolicy
from apps.projects.models import Project
from apps.scope.paths import ROOT


@transaction.atomic
def set_limit(project: Project, most: int | None, *, by: Actor) -> DeliveryPolicy:
    """The most distributors of a product at a place, `None` for no limit. What is there already stays."""
    if not by.may(Permission.MANAGE):
        raise NotYourTurn("只有联采办中有“管理”权限的账号可以设置配送企业上限。")
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
