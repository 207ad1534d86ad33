"""办理情况 on the page of a project: a bureau's own subtree, from publication on."""

from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.organizations.models import Tier
from apps.projects.domain.presentation import Panel
from apps.projects.models import Project
from apps.review.domain.checklist import checklist_of

PARTIAL = "review/_checklist.html"


def checklist_panel(project: Project, user: User) -> Panel | None:
    """`None` for institutions, enterprises and administrators, and before publication."""
    unit = user.organization
    if unit is None or unit.tier == Tier.INSTITUTION or not user.has(Permission.QUERY):
        return None
    if project.published_at is None:
        return None
    return Panel(PARTIAL, checklist_of(project, unit.path))
