"""What allocation does in the background: 系统代分 and taking it back, for many institutions; volumes of a draft.

Every batch of 代分 is a transaction of its own, so that nobody's save waits for the whole: a job that is
cancelled or cut off keeps what it did, and goes on with the rest when it is asked for again.
"""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse

from apps.accounts.models.roles import Permission
from apps.allocation.domain.generation.acts import generate_volumes, refresh_preview
from apps.allocation.domain.substitution.acts import Progress, substitute_missing, undo_all
from apps.jobs.registry import background
from apps.jobs.running import JobCancelled, JobRun
from apps.projects.models import Project
from apps.review.domain.refusals import ReviewRefused

SUBSTITUTE = "allocation.substitute"
UNDO_SUBSTITUTION = "allocation.undo_substitution"
GENERATE = "allocation.generate_volumes"
PREVIEW = "allocation.preview_volumes"


@background(
    SUBSTITUTE,
    title="系统代分",
    permissions=[Permission.MANAGE],
    refusals=[ReviewRefused],
    atomic=False,
)
def substitute(
    job: JobRun, *, project_id: int, deadline: str, among: Sequence[int] | None = None
) -> None:
    """`deadline` is the correction deadline of the packages that are returned, ISO 8601, or empty.

    `among` are the filings that the page showed; jobs asked for before they were kept have none.
    """
    project = Project.objects.get(pk=project_id)
    until = datetime.fromisoformat(deadline) if deadline else None
    try:
        done = substitute_missing(
            project=project,
            by=job.actor,
            deadline=until,
            among=among,
            progress=_told(job, "正在代分"),
        )
    except JobCancelled:
        job.say(
            "已按要求停止：已代分的医疗机构保持已代分，其余没有改动，可以再次系统代分或撤销代分。"
        )
    else:
        job.say(done.sentence)
    job.link(_list_of(project), "查看代分结果")


@background(
    UNDO_SUBSTITUTION,
    title="撤销代分",
    permissions=[Permission.MANAGE],
    refusals=[ReviewRefused],
    atomic=False,
)
def undo(job: JobRun, *, project_id: int, among: Sequence[int] | None = None) -> None:
    """Everybody, of those that the page counted, whose 代分 still waits for review."""
    project = Project.objects.get(pk=project_id)
    try:
        told = _told(job, "正在撤销")
        count = undo_all(project=project, by=job.actor, among=among, progress=told)
    except JobCancelled:
        job.say("已按要求停止：已撤销的保持撤销，其余仍为已代分。")
    else:
        job.say(f"已撤销 {count:,} 家医疗机构的系统代分，回到代分之前的状态。")
    job.link(_list_of(project), "查看结果")


@background(
    GENERATE,
    title="生成分配量",
    permissions=[Permission.MANAGE],
    refusals=[ReviewRefused],
)
def generate(job: JobRun, *, project_id: int) -> None:
    """Millions of rows nationally, province by province, in one transaction."""
    project = Project.objects.get(pk=project_id)
    count = generate_volumes(project=project, by=job.actor, progress=_told(job, "正在生成"))
    job.say(f"已生成分配量 {count:,} 行。")
    job.link(reverse("allocation:generation_detail", args=[project.code]), "查看预览")


@background(PREVIEW, title="重新预览", permissions=[Permission.MANAGE], refusals=[ReviewRefused])
def preview(job: JobRun, *, project_id: int) -> None:
    """The slots of every row are computed anew."""
    project = Project.objects.get(pk=project_id)
    refresh_preview(project=project, by=job.actor)
    job.say("已按当前中选结果和规则重新计算。")
    job.link(reverse("allocation:generation_detail", args=[project.code]), "查看预览")


def _told(job: JobRun, words: str) -> Progress:
    return lambda done, total: job.progress(done, total, words)


def _list_of(project: Project) -> str:
    return f"{reverse('allocation:substitution_list', args=[project.code])}?pile=done"
