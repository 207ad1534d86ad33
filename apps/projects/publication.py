"""What refuses publication on the project's own side; each app above adds its own through its FilingKind."""

from .models import CatalogItem, Participation, Project, ProjectWindow


def publication_problems(project: Project) -> list[str]:
    """Sentences, empty when nothing refuses publication."""
    problems = []
    if not CatalogItem.objects.filter(project=project).exists():
        problems.append("目录还没有品规，请先导入目录")
    if not Participation.objects.filter(project=project).exists():
        problems.append("还没有参加机构，请先选择参加机构")
    tiers = set(ProjectWindow.objects.filter(project=project).values_list("tier", flat=True))
    missing = {"institution", *project.chain} - tiers
    if missing:
        problems.append("有层级没有设置时间窗口")
    return problems
