"""Finding a project by the code in the address. Outside the scope is 404, never 403."""

from django.shortcuts import get_object_or_404

from apps.accounts.models.roles import Permission
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import Project


def may_change_items(request: SignedInRequest, project: Project) -> bool:
    return request.user.has(Permission.MANAGE) and not project.is_frozen


def may_correct(request: SignedInRequest, project: Project) -> bool:
    """Whether what is published is offered to be put right (更正)."""
    return request.user.has(Permission.MANAGE) and project.is_frozen


def project_or_404(code: str) -> Project:
    project: Project = get_object_or_404(Project.objects.all(), code=code)
    return project
