"""What a demand or history project still lacks, and what its publication brings along."""

from apps.projects.models import CatalogItem, Phase, Project, ProjectKind
from apps.reporting.domain.oddities.sql import set_norms
from apps.reporting.domain.purchases import sql
from apps.reporting.models import DemandLine, HistoryDoubt, PurchaseHistory
from apps.scope.sql import freshen


def findings(project: Project) -> tuple[list[str], list[str]]:
    """Sentences that refuse publication, and those that the publisher should read."""
    return _problems(project), _warnings(project)


def _problems(project: Project) -> list[str]:
    if project.kind == ProjectKind.HISTORY:
        if len(project.baseline_years) != 1:
            return ["历史采购量任务只采集一个年份，请在“基准年份”中只填一个。"]
        return []
    source = project.history_project
    if source is None:
        return []
    problems = []
    if source.kind != ProjectKind.HISTORY:
        problems.append(f"“{source.name}”不是历史采购量任务，不能作为基准。")
    elif source.phase in (Phase.DRAFT, Phase.PREPARING):
        problems.append(f"历史采购量任务“{source.name}”还没有发布。")
    elif source.baseline_years[0] not in project.baseline_years:
        years = "、".join(str(year) for year in project.baseline_years)
        problems.append(
            f"历史采购量任务“{source.name}”采集的是 {source.baseline_years[0]} 年，"
            f"不在本项目的基准年份（{years}）里。"
        )
    return problems


def _warnings(project: Project) -> list[str]:
    if project.kind == ProjectKind.HISTORY:
        return []
    source = project.history_project
    if source is not None:
        if source.phase == Phase.CONCLUDED:
            return []
        return [f"历史采购量任务“{source.name}”尚未办结，发布时只带入已审核通过的历史采购量。"]
    if PurchaseHistory.objects.filter(project=project).exists():
        return []
    return ["还没有导入历史采购量：全部品规都将显示为新增，逐条要求说明。"]


def drawn(project: Project) -> list[str]:
    """What institutions have typed or asked since the publication."""
    found = []
    if (
        number := DemandLine.objects.filter(filing__project=project)
        .values("filing")
        .distinct()
        .count()
    ):
        found.append(f"{number:,} 家医疗机构已经保存了数据")
    if number := HistoryDoubt.objects.filter(filing__project=project).count():
        found.append(f"已有 {number:,} 条历史数有误的反映")
    return found


def bases_of(project: Project) -> list[str]:
    """Why the conclusion of a history project stays: rounds that were published with it as their baseline."""
    drawing = Project.objects.filter(history_project=project, published_at__isnull=False)
    names = drawing.order_by("pk").values_list("name", flat=True)
    return [f"审核结果已是“{name}”的历史采购量" for name in names]


def bring_history(project: Project, item: CatalogItem | None = None) -> int:
    """The approved lines of the history project become the baseline, at publication and on demand (S3-31).

    Of one item alone, if there is one. What peers bought is worked out anew, whatever the history comes from. Returns
    how many quantities are new or different.
    """
    source = project.history_project
    if source is None:
        set_norms(project.pk)
        return 0
    year = source.baseline_years[0]
    changed = sql.take_history(
        project=project.pk, source=source.pk, year=year, code=item.item_code if item else ""
    )
    freshen(PurchaseHistory)
    set_norms(project.pk)
    return changed
