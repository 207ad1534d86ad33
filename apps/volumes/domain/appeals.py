"""申诉 on an agreed volume of an institution: the alliance computed it, and answers."""

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.projects.models import Project
from apps.review.domain.appeals.matters import ALLIANCE, Matter, own_filing
from apps.review.models import About
from apps.volumes.models import AgreedQuantity
from apps.volumes.models.choices import State


def find_agreed(project: Project, by: Actor, key: int) -> Matter | None:
    """By the item, of the published version."""
    filing = own_filing(project, by)
    rows = AgreedQuantity.objects.filter(filing=filing, item=key, version__state=State.PUBLISHED)
    row = rows.select_related("version", "item").first() if filing else None
    if filing is None or row is None:
        return None
    said = f"{row.version}：计算基数 {row.base.normalize():,f}，约定采购量 {row.agreed:,}"
    return Matter(
        about=About.VOLUME,
        title=f"{row.item.item_code} {row.item} 约定采购量",
        said=f"{said}，其中确认 {row.kept:,}、待分配 {row.pending:,}（{row.item.unit}）",
        page=reverse("volumes:agreed_detail", args=[project.code, key]),
        at=row.version.published_at,
        answerer=ALLIANCE,
        filing=filing,
    )
