"""The timing of many units at once: national windows, the province's own, supplements, deadlines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, CharField, Exists, F, OuterRef, Q, QuerySet, Value

from apps.organizations.models import Organization, Tier
from apps.projects.models import Project, ProjectWindow, ProvinceWindow, SupplementWindow
from apps.projects.models.windows import Timing, Window
from apps.scope.database import Ask
from apps.scope.paths import ROOT, in_subtree, province_path
from apps.scope.prepared import Among, Prepared

NOWHERE = Value("", CharField())
NOBODY = Value(0, BigIntegerField())
SPAN = ("opens_at", "closes_at", "is_on")


class Timed(Protocol):
    """A unit in a project: its tier, path, organisation and correction deadline."""

    @property
    def path(self) -> str: ...
    @property
    def tier(self) -> str: ...
    @property
    def organization_id(self) -> int: ...
    @property
    def correction_deadline(self) -> datetime | None: ...


class TimedFiling(Timed, Protocol):
    """The same, and the project that it stands in."""

    @property
    def project_id(self) -> int: ...


def timings_for(project: Project, units: Sequence[Timed]) -> list[Timing]:
    """The timing of each unit of one project, in order, with one statement whatever their number."""
    return _resolve([(project.pk, unit) for unit in units])


def time_over(project: Project, tier: str, at: datetime) -> Q:
    """Filings of a tier whose time is over, as a condition for a query of any size; one statement.

    The same as asking each one's timing: neither its window nor a supplement is open, and no deadline is ahead.
    """
    windows = _Windows.of(_windows(Q(project=project), Q(), Q(pk__in=[])))
    national = windows.national.get((project.pk, tier))
    usual = _is_over(Timing(national), at)
    differing = Q(pk__in=[])
    for (_, path, whose), window in windows.provincial.items():
        if whose == tier and _is_over(Timing(national, window), at) != usual:
            differing |= in_subtree(path)
    reopened = SupplementWindow.objects.filter(
        project=project,
        organization=OuterRef("organization"),
        is_on=True,
        opens_at__lte=at,
        closes_at__gt=at,
    )
    own = ~differing if usual else differing
    return own & ~Q(Exists(reopened)) & ~Q(correction_deadline__gt=at)


def _is_over(timing: Timing, at: datetime) -> bool:
    return timing.own is not None and at >= timing.own.closes_at


class TimingAsk:
    """The timing of one unit, to be asked together with other things.

    The unit's correction deadline is taken when the answer is there: a lock may have shown a newer one.
    """

    def __init__(self, ask: Ask[list[tuple[Any, ...]]]) -> None:
        self.ask = ask

    @classmethod
    def of(cls, project_id: int, unit: Timed) -> "TimingAsk":
        place = province_path(unit.path)
        return cls(ONE_UNIT.ask(project=project_id, place=place, organization=unit.organization_id))

    @classmethod
    def within(cls, code: str, unit: Organization) -> "TimingAsk":
        """In the project of this code."""
        place = province_path(unit.path)
        return cls(OWN_UNIT.ask(code=code, place=place, organization=unit.pk))

    def timing(self, project_id: int, unit: Timed) -> Timing:
        return _Windows.of(self.ask.answer).timing(project_id, unit)


def timings_across(filings: Sequence[TimedFiling]) -> list[Timing]:
    """The same for filings of several projects."""
    return _resolve([(filing.project_id, filing) for filing in filings])


def _resolve(units: Sequence[tuple[int, Timed]]) -> list[Timing]:
    windows = _Windows.read(units)
    return [windows.timing(project_id, unit) for project_id, unit in units]


@dataclass(slots=True)
class _Windows:
    """The windows that concern some units, by what they are found with."""

    national: dict[tuple[int, str], Window] = field(default_factory=dict)
    provincial: dict[tuple[int, str, str], Window] = field(default_factory=dict)
    supplements: dict[tuple[int, int], Window] = field(default_factory=dict)

    @classmethod
    def read(cls, units: Sequence[tuple[int, Timed]]) -> "_Windows":
        return cls.of(_rows(units)) if units else cls()

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, ...]]) -> "_Windows":
        windows = cls()
        for project_id, tier, path, organization_id, *span in rows:
            window = Window(*span)
            if organization_id:
                windows.supplements[project_id, organization_id] = window
            elif path:
                windows.provincial[project_id, path, tier] = window
            else:
                windows.national[project_id, tier] = window
        return windows

    def timing(self, project_id: int, unit: Timed) -> Timing:
        return Timing(
            national=self.national.get((project_id, unit.tier)),
            province=self.provincial.get((project_id, province_path(unit.path), unit.tier)),
            supplement=self.supplements.get((project_id, unit.organization_id)),
            deadline=unit.correction_deadline,
        )


def _rows(units: Sequence[tuple[int, Timed]]) -> Iterable[tuple[Any, ...]]:
    """Rows of all three kinds as (project, tier, path, organisation, span); one UNION ALL."""
    projects = {project_id for project_id, _unit in units}
    places = {province_path(unit.path) for _project_id, unit in units}
    organizations = {unit.organization_id for _project_id, unit in units}
    # Supplements are institutions' alone, and the alliance has no province: a filing and its reviewer are one unit.
    provinces = sorted(places - {ROOT}) or [ROOT]
    below = [unit for _project_id, unit in units if unit.tier == Tier.INSTITUTION]
    if len(projects) == len(provinces) == 1 and (len(units) == 1 or len(below) == 1):
        unit = below[0] if below else units[0][1]
        return ONE_UNIT(
            project=min(projects), place=provinces[0], organization=unit.organization_id
        )
    return MANY_UNITS(
        projects=list(projects), places=list(places), organizations=list(organizations)
    )


def _windows(projects: Q, places: Q, organizations: Q) -> QuerySet[Any]:
    national: QuerySet[Any] = ProjectWindow.objects.filter(projects)
    provincial = ProvinceWindow.objects.filter(projects, places)
    supplements = SupplementWindow.objects.filter(projects, organizations)
    return national.values_list("project_id", "tier", NOWHERE, NOBODY, *SPAN).union(
        provincial.values_list("project_id", "tier", "path", NOBODY, *SPAN),
        supplements.values_list("project_id", NOWHERE, NOWHERE, "organization_id", *SPAN),
        all=True,
    )


def _among(column: str, values: Any) -> Q:
    return Q(Among(F(column), values))


ONE_UNIT: Prepared[tuple[Any, ...]] = Prepared(
    lambda project, place, organization: _windows(
        Q(project_id=project), Q(path=place), Q(organization_id=organization)
    ),
    project=BigIntegerField(),
    place=CharField(),
    organization=BigIntegerField(),
)
"""The same for the one unit of a save; it is read by every one."""
OWN_UNIT: Prepared[tuple[Any, ...]] = Prepared(
    lambda code, place, organization: _windows(
        Q(project__code=code), Q(path=place), Q(organization_id=organization)
    ),
    code=CharField(),
    place=CharField(),
    organization=BigIntegerField(),
)
"""The same where no more is known of the project than its code."""
MANY: Any = ArrayField(BigIntegerField())
MANY_UNITS: Prepared[tuple[Any, ...]] = Prepared(
    lambda projects, places, organizations: _windows(
        _among("project_id", projects),
        _among("path", places),
        _among("organization_id", organizations),
    ),
    projects=MANY,
    places=ArrayField(CharField()),
    organizations=MANY,
)
"""Of the units of a list."""
