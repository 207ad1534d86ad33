"""Which demand projects an allocation can be made of, and what was made of them."""

from django.db.models import Exists, OuterRef, QuerySet

from apps.allocation.models import Generation
from apps.projects.models import Phase, Project, ProjectKind
from apps.volumes.models import AgreedVersion, State


def sources() -> QuerySet[Project]:
    """Concluded demand projects whose agreed volumes are published, the latest first."""
    published = AgreedVersion.objects.filter(project=OuterRef("pk"), state=State.PUBLISHED)
    rows: QuerySet[Project] = Project.objects.of_kind(ProjectKind.DEMAND).filter(
        Exists(published), phase=Phase.CONCLUDED
    )
    return rows.order_by("-concluded_at", "-pk")


def made_of(project: Project) -> list[str]:
    """Why 办结 of a demand project stays: what was generated from it."""
    made = Generation.objects.filter(source=project).select_related("project").order_by("pk")
    return [f"已生成分量项目“{each.project.name}”" for each in made]


def uses_of(version: AgreedVersion) -> str:
    """Why a published version may not be withdrawn; empty while nothing was made of it."""
    made = Generation.objects.filter(version=version).select_related("project").order_by("pk")
    names = "、".join(f"“{copy.project.name}”" for copy in made[:3])
    return f"已由这一版生成分量项目{names}，请先删除该项目" if names else ""
