"""The rounds in which a unit and those below it still have something to do."""

from django.db.models import Count, Q

from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, Status
from apps.scope.paths import in_subtree

NAMED = 5


def rounds_of(path: str, _role: str) -> list[str]:
    """`正在办理的项目：… 未上报 3 家`, a phrase for each of the latest rounds; two statements."""
    rows = Filing.objects.filter(in_subtree(path)).institutions().exclude(status=Status.EXCLUDED)
    running = rows.filter(project__in=_running(path)).order_by("-project_id")
    counted = running.values_list("project__name").annotate(
        Count("pk"), waiting=Count("pk", filter=Q(status__in=EDITABLE))
    )
    said = []
    for name, number, waiting in counted:
        left = f"，其中 {waiting:,} 家还没有上报" if waiting else ""
        said.append(f"正在办理的“{name}”：{number:,} 家医疗机构参加{left}")
    return said


def _running(path: str) -> list[int]:
    rows = Filing.objects.filter(path=path, project__concluded_at__isnull=True)
    running = rows.filter(project__published_at__isnull=False).order_by("-project_id")
    return list(running.values_list("project_id", flat=True)[:NAMED])
