"""Finding a project by the code in the address. Outside the scope is 404, never 403."""

from django.shortcuts import get_object_or_404

from apps.projects.models import Project


def project_or_404(code: str) -> Project:
    project: Project = get_object_or_404(Project.objects.all(), code=code)
    return project
