"""What allocation does in the background: 系统代分, 取消中选 and taking them back; volumes of a draft.

Every batch of 代分 is a transaction of its own, so that nobody's save waits for the whole: a job that is
cancelled or cut off keeps what it did, and goes on with the rest when it is asked for again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse

from apps.accounts.models.roles import Permission
from apps.allocation.domain.generation.acts import generate_volumes, refresh_preview
from apps.allocation.domain.stops.acts import StopWanted, end_stop, stop_product
from apps.allocation.domain.substitution.acts import Progress, substitute_missing, undo_all
from apps.allocation.models import ProductStop
from apps.jobs.registry import background
from apps.jobs.running import JobCancelled, JobRun
from apps.projects.models import Project
from apps.review.domain.refusals import ReviewRefused

SUBSTITUTE = "allocation.substitute"
UNDO_SUBSTITUTION = "allocation.undo_substitution"
GENERATE = "allocation.generate_volumes"
STOP = "allocation.stop"
END_STOP = "allocation.end_stop"
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


@background(STOP, title="取消中选", permissions=[Permission.MANAGE], refusals=[ReviewRefused])
def stop(job: JobRun, *, project_id: int, wanted: Mapping[str, Any]) -> None:
    """What thousands of institutions confirmed and chose goes to other products, in one transaction."""
    project = Project.objects.get(pk=project_id)
    asked = StopWanted.unpacked(wanted)
    made = stop_product(project=project, wanted=asked, by=job.actor, progress=job.progress)
    job.say(made.done_words)
    job.link(reverse("allocation:stop_detail", args=[project.code, made.pk]), "查看涉及的机构")


@background(
    END_STOP, title="撤销取消中选", permissions=[Permission.MANAGE], refusals=[ReviewRefused]
)
def end(job: JobRun, *, project_id: int, stop_id: int, reason: str) -> None:
    """Everything as it stood before."""
    project = Project.objects.get(pk=project_id)
    held = ProductStop.objects.of_project(project).get(pk=stop_id)
    made = end_stop(project=project, stop=held, reason=reason, by=job.actor, progress=job.progress)
    job.say(made.done_words)
    job.link(reverse("allocation:stop_detail", args=[project.code, stop_id]), "查看结果")


def _told(job: JobRun, words: str) -> Progress:
    return lambda done, total: job.progress(done, total, words)


def _list_of(project: Project) -> str:
    return f"{reverse('allocation:substitution_list', args=[project.code])}?pile=done"
