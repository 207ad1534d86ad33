"""When one unit may act in projects in which it need not have a filing yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.organizations.models import Organization, Tier
from apps.projects.domain.windows.timings import timings_across
from apps.projects.models import Project
from apps.projects.models.windows import Timing


@dataclass(slots=True)
class UnitInProject:
    """A unit as `timings_across` asks for it."""

    project_id: int
    organization_id: int
    path: str
    tier: str
    correction_deadline: datetime | None = None


def timings_of(
    unit: Organization | None, projects: Sequence[Project], tier: Tier | None = None
) -> dict[int, Timing]:
    """The unit's timing by project, with one statement; enterprises have none.

    `tier` asks for another tier's at the unit's place: the alliance looks at the institutions'.
    """
    if unit is None:
        return {}
    stands = [UnitInProject(p.pk, unit.pk, unit.path, tier or unit.tier) for p in projects]
    timings = timings_across(stands)
    return {stand.project_id: timing for stand, timing in zip(stands, timings, strict=True)}
