"""Where things stand at a moment: windows in words, and which tier of which province may act."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import CharField, F, Func, Value

from apps.organizations.models import Division, Tier

from .models import (
    Participation,
    Phase,
    Project,
    ProjectWindow,
    ProvinceSettings,
    ProvinceWindow,
    SupplementWindow,
    Withdrawal,
)
from .publication import tiers_of
from .spans import end_in_words, span_in_words, start_in_words
from .windows import Timing, Window

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class State:
    """A window's state as a pill."""

    label: str
    tone: str


def state_of(window: Window | None, at: datetime) -> State:
    """What a window is at a moment."""
    if window is None:
        return State("未设置", "neutral")
    if not window.is_on:
        return State("开关已关", "closed")
    if at < window.opens_at:
        return State("未开始", "waiting")
    return State("可操作", "success") if window.contains(at) else State("已结束", "closed")


@dataclass(frozen=True, slots=True)
class TierWindow:
    """A tier with its national window and how that stands."""

    tier: Tier
    window: Window | None
    state: State

    @property
    def is_open(self) -> bool:
        return self.state.tone == "success"

    @property
    def opens(self) -> str:
        return start_in_words(self.window.opens_at) if self.window else NOTHING

    @property
    def closes(self) -> str:
        return end_in_words(self.window.closes_at) if self.window else NOTHING


def tier_windows(project: Project, at: datetime) -> list[TierWindow]:
    """The national window of each tier that takes part, the alliance last; two statements."""
    windows = national_windows(project)
    tiers = [*tiers_of(project), Tier.ALLIANCE]
    return [
        TierWindow(tier, windows.get(tier), state_of(windows.get(tier), at))
        for tier in tiers
        if tier != Tier.ALLIANCE or tier in windows
    ]


def national_windows(project: Project) -> dict[str, Window]:
    return {row.tier: row.window for row in ProjectWindow.objects.filter(project=project)}


def acts_of(project: Project, tier: Tier) -> str:
    """What a tier may do within its window, in the words of the buttons."""
    if tier == Tier.ALLIANCE:
        return "审核、退回修改、办结"
    policy = project.institution_withdrawal
    acts = "填报、保存、上报"
    if tier != Tier.INSTITUTION:
        policy, acts = project.bureau_withdrawal, "审核、退回修改、提交"
    return acts + {Withdrawal.DIRECT: "、撤回", Withdrawal.ON_REQUEST: "、申请撤回"}.get(
        Withdrawal(policy), ""
    )


@dataclass(frozen=True, slots=True)
class Cell:
    """One tier in one province: `window` is what holds there, national and own together."""

    tier: Tier
    takes_part: bool
    window: Window | None
    state: State
    is_own: bool

    @property
    def span(self) -> str:
        return span_in_words(self.window) if self.window else ""


@dataclass(frozen=True, slots=True)
class ProvinceRow:
    name: str
    cells: tuple[Cell, ...]


def who_may(project: Project, at: datetime) -> list[ProvinceRow]:
    """Every province that takes part, as far as the viewer sees it; a constant number of statements."""
    tiers = tiers_of(project)
    national = national_windows(project)
    own: dict[tuple[str, str], Window] = {
        (row.path, row.tier): row.window for row in ProvinceWindow.objects.filter(project=project)
    }
    settings = ProvinceSettings.objects.filter(project=project)
    chains: dict[str, list[str]] = dict(settings.values_list("path", "chain"))
    return [
        ProvinceRow(
            name,
            tuple(
                _cell(
                    tier,
                    chains.get(path, project.chain),
                    national.get(tier),
                    own.get((path, tier)),
                    at,
                )
                for tier in tiers
            ),
        )
        for path, name in _provinces_taking_part(project)
    ]


def _cell(
    tier: Tier, chain: Iterable[str], national: Window | None, own: Window | None, at: datetime
) -> Cell:
    timing = Timing(national=national, province=own)
    effective = timing.own
    takes_part = tier == Tier.INSTITUTION or tier in chain
    if national and own and effective is None:
        return Cell(tier, takes_part, None, State("无可用时间", "danger"), is_own=True)
    return Cell(tier, takes_part, effective, state_of(effective, at), is_own=own is not None)


def _provinces_taking_part(project: Project) -> list[tuple[str, str]]:
    """Path and name of each, in the order of codes. Names come from the divisions, which everybody sees."""
    codes = list(
        Participation.objects.filter(project=project)
        .order_by()
        .values_list(path_part(2), flat=True)
        .distinct()
    )
    divisions = Division.objects.in_bulk([f"{code}0000" for code in codes])
    return [
        (f"/0/{code}/", divisions[f"{code}0000"].name if f"{code}0000" in divisions else code)
        for code in sorted(codes)
    ]


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
    return list(rows.select_related("organization").order_by("path")[:50])


def nobody_may(project: Project, at: datetime) -> str:
    """Why nobody may act whatever the windows say; empty if the windows decide."""
    if project.phase in {Phase.DRAFT, Phase.PREPARING}:
        return f"项目处于“{project.get_phase_display()}”阶段，发布之后才按下面的时间办理。"
    if project.published_at and at < project.published_at:
        return "这一时刻项目还没有发布。"
    if project.concluded_at and at >= project.concluded_at:
        return "项目已经办结，数据不再变化。"
    if project.closed_at and at >= project.closed_at:
        return "项目已经截止，医疗机构不能再填报；开放补报的单位除外。"
    return ""
