"""The timing of many units at once: national windows, the province's own, supplements, deadlines."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from .models import Project, ProjectWindow, ProvinceWindow, SupplementWindow
from .windows import Timing


class Timed(Protocol):
    """A unit in a project: its tier, path, organisation and correction deadline."""

    path: str
    tier: str
    organization_id: int
    correction_deadline: datetime | None


def timings_for(project: Project, units: Sequence[Timed]) -> list[Timing]:
    """The timing of each unit, in order, with three statements whatever their number."""
    national = {row.tier: row.window for row in ProjectWindow.objects.filter(project=project)}
    provincial = {
        (row.path, row.tier): row.window for row in ProvinceWindow.objects.filter(project=project)
    }
    supplements = {
        row.organization_id: row.window
        for row in SupplementWindow.objects.filter(
            project=project, organization_id__in=[unit.organization_id for unit in units]
        )
    }
    return [
        Timing(
            national=national.get(unit.tier),
            province=provincial.get((province_path(unit.path), unit.tier)),
            supplement=supplements.get(unit.organization_id),
            deadline=unit.correction_deadline,
        )
        for unit in units
    ]


def province_path(path: str) -> str:
    """The path of the province that `path` lies in; for the root, the root itself."""
    parts = path.strip("/").split("/")
    return "/" + "/".join(parts[:2]) + "/"
