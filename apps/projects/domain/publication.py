"""What a project still lacks before it can be published, as far as the project itself is concerned.

The kinds of filings add their own reasons (`review.domain.rounds.publishing.publication_report`).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Count, Q
from django.utils import timezone

from apps.organizations.models import Tier
from apps.projects.domain.words import bottom_up
from apps.projects.models import (
    CatalogItem,
    Participation,
    Phase,
    Project,
    ProjectKind,
    ProjectWindow,
    ProvinceSettings,
    WinningProduct,
    lacking_terms,
)
from apps.projects.models.windows import Window


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing missing: the sentence, and the name of the page (`projects:…`) where it is mended."""

    sentence: str
    page: str

    @property
    def view(self) -> str:
        return f"projects:{self.page}"


def publication_problems(project: Project) -> list[str]:
    """Every reason, in sentences; empty if nothing on the project's side refuses publication."""
    return [lack.sentence for lack in lacks(project)]


def lacks(project: Project) -> list[Lack]:
    """Every reason with the page where it is mended; five statements."""
    return [
        *_of_phase(project),
        *_of_windows(project),
        *_of_catalogue(project),
        *_of_participants(project),
    ]


def tiers_of(project: Project) -> list[Tier]:
    """The tiers that report or review in the project, from the bottom up, provinces' own chains included."""
    own = ProvinceSettings.objects.filter(project=project).values_list("chain", flat=True)
    used = {tier for chain in (project.chain, *own) for tier in chain}
    return [Tier.INSTITUTION, *(Tier(tier) for tier in bottom_up(sorted(used)))]


def _of_phase(project: Project) -> Iterator[Lack]:
    if project.phase == Phase.DRAFT:
        yield Lack("项目还是草稿，请先进入筹备，让各省确认审核层级和时间。", "project_detail")


def _of_windows(project: Project) -> Iterator[Lack]:
    tiers = tiers_of(project)
    windows = {row.tier: row.window for row in ProjectWindow.objects.filter(project=project)}
    for tier in tiers:
        if tier not in windows:
            yield Lack(f"{tier.label}还没有设置时间窗口。", "window_edit")
        elif windows[tier].closes_at <= timezone.now():
            yield Lack(f"{tier.label}的时间窗口已经结束。", "window_edit")
    for lower, upper in crossing(tiers, windows):
        yield Lack(f"{upper.label}的时间窗口早于{lower.label}结束。", "window_edit")


def crossing(tiers: Iterable[Tier], windows: Mapping[str, Window]) -> Iterator[tuple[Tier, Tier]]:
    """Tiers next to each other of which the upper one's window ends first: it could never finish its review."""
    order = [tier for tier in tiers if tier in windows]
    for lower, upper in pairwise(order):
        if windows[upper].closes_at < windows[lower].closes_at:
            yield lower, upper


def _of_catalogue(project: Project) -> Iterator[Lack]:
    counted = CatalogItem.objects.filter(project=project).aggregate(
        items=Count("pk"),
    )
    if not counted["items"]:
        yield Lack("还没有目录，请导入。", "catalogue_import")
    if project.kind != ProjectKind.ALLOCATION:
        return
    won = WinningProduct.objects.filter(project=project).with_terms()
    told = won.aggregate(winners=Count("pk"), lacking=Count("pk", filter=lacking_terms()))
    if not told["winners"]:
        yield Lack("还没有中选结果，请导入。", "catalogue_import")
    if told["lacking"]:
        sentence = f"有 {told['lacking']:,} 个中选产品的价格、包装、日均使用量或降幅还没有填。"
        yield Lack(sentence, "catalogue_import")


def _of_participants(project: Project) -> Iterator[Lack]:
    # What was dealt out to a unit that closed or merged since stays its own: the successor, or nobody, reports it.
    shut = Q(organization__is_active=False) & ~Q(project__kind=ProjectKind.ALLOCATION)
    counted = Participation.objects.filter(project=project).aggregate(
        everybody=Count("pk"),
        stopped=Count("pk", filter=shut),
        through=Count("pk", filter=Q(organization__reports_through__isnull=False)),
    )
    if not counted["everybody"]:
        yield Lack("还没有选定参加机构。", "participant_add")
    if counted["stopped"]:
        sentence = f"参加机构中有 {counted['stopped']:,} 家已禁用，请移除。"
        yield Lack(sentence, "participant_list")
    if counted["through"]:
        sentence = f"参加机构中有 {counted['through']:,} 家由其他机构代报，请移除。"
        yield Lack(sentence, "participant_list")
