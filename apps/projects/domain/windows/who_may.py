"""Which tier of which province may act at a moment, for any moment."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import CharField, F, Func, Value

from apps.organizations.models import Division, Tier
from apps.projects.domain.publication import tiers_of
from apps.projects.domain.windows.standing import State, national_windows, state_in
from apps.projects.models import (
    Participation,
    Project,
    ProvinceSettings,
    ProvinceWindow,
    SupplementWindow,
)
from apps.projects.models.window_spans import span_in_words
from apps.projects.models.windows import Timing, Window

NO_COMMON_PART = State("无可用时间", "danger")
SUPPLEMENTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Cell:
    """One tier in one province: `window` is what holds there, national and own together."""

    takes_part: bool
    window: Window | None
    state: State
    is_own: bool

    @property
    def span(self) -> str:
        return span_in_words(self.window) if self.window else ""


@dataclass(frozen=True, slots=True)
class ProvinceRow:
    """A province with its cells, in the order of the tiers."""

    name: str
    cells: tuple[Cell, ...]


@dataclass(slots=True)
class Board:
    """All provinces that take part, as far as the viewer sees them; a constant number of statements."""

    project: Project
    at: datetime
    tiers: Sequence[Tier] = ()
    national: dict[str, Window] = field(default_factory=dict)
    own: dict[tuple[str, str], Window] = field(default_factory=dict)
    chains: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, project: Project, at: datetime) -> "Board":
        own = ProvinceWindow.objects.filter(project=project)
        settings = ProvinceSettings.objects.filter(project=project)
        return cls(
            project,
            at,
            tiers_of(project),
            national_windows(project),
            {(row.path, row.tier): row.window for row in own},
            dict(settings.values_list("path", "chain")),
        )

    def rows(self) -> list[ProvinceRow]:
        return [
            ProvinceRow(name, tuple(self._cell(path, tier) for tier in self.tiers))
            for path, name in provinces_taking_part(self.project)
        ]

    def _cell(self, path: str, tier: Tier) -> Cell:
        chain = self.chains.get(path, self.project.chain)
        takes_part = tier == Tier.INSTITUTION or tier in chain
        own = self.own.get((path, tier))
        effective = Timing(national=self.national.get(tier), province=own).own
        if own and effective is None:
            return Cell(takes_part, None, NO_COMMON_PART, is_own=True)
        state = state_in(self.project, tier, effective, self.at)
        return Cell(takes_part, effective, state, is_own=own is not None)


def provinces_taking_part(project: Project) -> list[tuple[str, str]]:
    """Path and name of each, in the order of codes. Names come from the divisions, which everybody sees."""
    rows = Participation.objects.filter(project=project).order_by()
    codes = sorted(rows.values_list(path_part(2), flat=True).distinct())
    divisions = Division.objects.in_bulk([f"{code}0000" for code in codes])
    names = {key[:2]: division.name for key, division in divisions.items()}
    return [(f"/0/{code}/", names.get(code, code)) for code in codes]


def path_part(depth: int) -> Func:
    """The code at a depth of the path: 1 the root, 2 the province."""
    return Func(
        F("path"), Value("/"), Value(depth + 1), function="split_part", output_field=CharField()
    )


def open_supplements(project: Project, at: datetime) -> list[SupplementWindow]:
    """The units to which a window was opened anew and is open at the moment; fifty at most."""
    rows = SupplementWindow.objects.filter(
        project=project, is_on=True, opens_at__lte=at, closes_at__gt=at
    )
    return list(rows.select_related("organization").order_by("path")[:SUPPLEMENTS_SHOWN])
