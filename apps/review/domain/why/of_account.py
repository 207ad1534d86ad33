"""What may this account do to this filing, and why: asked by administrators, answered as the account itself is told.

Invariant: it is looked at in the account's own scope, with its own rights; what it doesn't see is said, not shown.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.domain.labels import status_text
from apps.review.domain.why.explaining import Explained, explain
from apps.review.models import Filing
from apps.scope.context import enter

DISABLED = "账号已禁用，不能登录"
NO_RIGHT = "账号没有“查询”权限，看不到申报"
NO_FILING = "该单位在这个项目中没有申报单：没有参加，或项目还没有发布"
ENTERPRISE = "企业账号看不到各单位的申报"
ELSEWHERE = "该单位不在账号所属单位之下，账号看不到它的申报"
NOT_GRANTED = "账号限定了项目，没有授权这一个"


@dataclass(frozen=True, slots=True)
class Answer:
    """Every act with what stands in its way; or `unseen`, why the account doesn't even see the filing."""

    unseen: str = ""
    status: str = ""
    rows: Sequence[Explained] = ()


def of_account(account: User, project: Project, unit: Organization, *, at: datetime) -> Answer:
    """Eight statements or so. `project` and `unit` are the asker's."""
    filing = Filing.objects.filter(project=project, organization=unit).first()
    if refused := _unseen(account, filing):
        return Answer(unseen=refused)
    with enter(scope_of(account)):
        rows = Filing.objects.select_related("project", "organization", "parent")
        own = rows.filter(project=project.pk, organization=unit.pk).first()
        if own is None:
            return Answer(unseen=NOT_GRANTED)
        return Answer("", status_text(own), explain(own.project, own, Actor.of(account), at=at))


def _unseen(account: User, filing: Filing | None) -> str:
    if not account.is_active:
        return DISABLED
    if filing is None:
        return NO_FILING
    if account.organization_id is None:
        return ENTERPRISE
    if not account.has(Permission.QUERY):
        return NO_RIGHT
    return "" if filing.path.startswith(account.path) else ELSEWHERE
