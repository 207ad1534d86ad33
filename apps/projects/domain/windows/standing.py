"""Where the windows of a project stand at a moment, in words and as pills."""

from dataclasses import dataclass
from datetime import datetime

from apps.organizations.models import Tier
from apps.projects.domain.publication import tiers_of
from apps.projects.models import Phase, Project, ProjectWindow, Withdrawal
from apps.projects.models.window_spans import end_in_words, start_in_words
from apps.projects.models.windows import Window

NOTHING = "—"


@dataclass(frozen=True, slots=True)
class State:
    """A window's state as a pill."""

    label: str
    tone: str


OPEN = State("可操作", "success")


def state_of(window: Window | None, at: datetime) -> State:
    """What a window is at a moment."""
    if window is None:
        return State("未设置", "neutral")
    if not window.is_on:
        return State("开关已关", "closed")
    if at < window.opens_at:
        return State("未开始", "waiting")
    return OPEN if window.contains(at) else State("已结束", "closed")


def state_in(project: Project, tier: str, window: Window | None, at: datetime) -> State:
    """The same for a tier of a project: in a phase in which the tier can't act, an open window opens nothing."""
    state = state_of(window, at)
    obstacle = obstacle_to(project, tier, at)
    return obstacle.state if state == OPEN and obstacle else state


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a tier can't act whatever its window says: a sentence, and the pill in place of 可操作."""

    sentence: str
    state: State


def obstacle_to(project: Project, tier: str, at: datetime) -> Obstacle | None:
    """What a project's phase, or the moment, keeps a tier from; `None` if the window decides."""
    if project.phase in {Phase.DRAFT, Phase.PREPARING}:
        sentence = f"项目处于“{project.get_phase_display()}”阶段，发布之后才按下面的时间办理。"
        return Obstacle(sentence, State("待发布", "waiting"))
    if project.published_at and at < project.published_at:
        return Obstacle("这一时刻项目还没有发布。", State("待发布", "waiting"))
    if project.concluded_at and at >= project.concluded_at:
        return Obstacle("项目已经办结，数据不再变化。", State("已办结", "closed"))
    if tier == Tier.INSTITUTION and project.closed_at and at >= project.closed_at:
        sentence = "项目已经截止，医疗机构不能再填报；开放补报的单位除外。"
        return Obstacle(sentence, State("已截止", "closed"))
    return None


@dataclass(frozen=True, slots=True)
class TierWindow:
    """A tier with its national window, how that stands, and what the tier may do within it."""

    tier: Tier
    window: Window | None
    state: State
    acts: str

    @property
    def is_open(self) -> bool:
        return self.state == OPEN

    @property
    def opens(self) -> str:
        return start_in_words(self.window.opens_at) if self.window else NOTHING

    @property
    def closes(self) -> str:
        return end_in_words(self.window.closes_at) if self.window else NOTHING


def tier_windows(project: Project, at: datetime) -> list[TierWindow]:
    """The national window of each tier that takes part, and the alliance's if it has one; two statements."""
    windows = national_windows(project)
    tiers = [*tiers_of(project), *([Tier.ALLIANCE] if Tier.ALLIANCE in windows else [])]
    return [
        TierWindow(
            tier,
            windows.get(tier),
            state_in(project, tier, windows.get(tier), at),
            acts_of(project, tier),
        )
        for tier in tiers
    ]


def national_windows(project: Project) -> dict[str, Window]:
    return {row.tier: row.window for row in ProjectWindow.objects.filter(project=project)}


def acts_of(project: Project, tier: Tier) -> str:
    """What a tier may do within its window, in the words of the buttons."""
    if tier == Tier.ALLIANCE:
        return "审核、退回修改、办结"
    policy, acts = project.bureau_withdrawal, "审核、退回修改、提交"
    if tier == Tier.INSTITUTION:
        policy, acts = project.institution_withdrawal, "填报、保存、上报"
    more = {Withdrawal.DIRECT: "、撤回", Withdrawal.ON_REQUEST: "、申请撤回"}
    return acts + more.get(Withdrawal(policy), "")
