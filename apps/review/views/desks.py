"""The desk of whoever asks, and which subsystem its pages belong to."""

from typing import Any

from django.http import HttpRequest

from apps.projects.models import ProjectKind
from apps.review.desk import Desk, desk_for

DEMAND, ALLOCATION = "demand", "allocation"
KINDS = {DEMAND: (ProjectKind.DEMAND, ProjectKind.HISTORY), ALLOCATION: (ProjectKind.ALLOCATION,)}


def desk_of(request: HttpRequest, code: str) -> Desk:
    """The person's desk in a project. Raises `OutsideChain`, `Http404`."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    desk = desk_for(actor, code)
    turn_rail(request, desk.project.kind)
    return desk


def turn_rail(request: HttpRequest, kind: str) -> None:
    """The rail shows the subsystem that the project belongs to."""
    request.subject = ALLOCATION if kind == ProjectKind.ALLOCATION else DEMAND  # type: ignore[attr-defined]
