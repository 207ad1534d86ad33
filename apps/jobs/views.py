"""The pages of one's own jobs. Invariant: a job, its progress and its files are shown to its owner only."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from . import services
from .domain.workers import is_late, usual_time
from .files import attachment, handed_out
from .models import Job, Status

PATIENCE = timedelta(seconds=10)
"""Until then nobody asks why a job hasn't begun."""
NOBODY_THERE = "后台处理程序暂时没有响应，任务已登记，恢复后自动开始，不需要重新提交"
QUEUED_LONG = "排队较久，请稍候，可以离开本页"
MINUTE = timedelta(minutes=1)
PER_PAGE = ("20", "10", "50", "100")  # the first is the default; the pager offers these


def _own(request: HttpRequest, pk: int) -> Job:
    return get_object_or_404(Job.objects.all().owned_by(request.user), pk=pk)


@require_GET
def job_list(request: HttpRequest) -> HttpResponse:
    jobs = Job.objects.all().owned_by(request.user).order_by("-created_at", "-pk")
    size = request.GET.get("per_page", "")
    paginator = Paginator(jobs, int(size if size in PER_PAGE else PER_PAGE[0]))
    page = paginator.get_page(request.GET.get("page"))
    shown = {"page": page, "keep_days": settings.JOBS_KEEP_DAYS}
    return render(request, "jobs/job_list.html", shown)


@require_GET
def job_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """`?watched`: by whom the live bar was watched to its end."""
    job = _own(request, pk)
    if "watched" in request.GET and job.leads_back:
        messages.success(request, job.message or f"{job.title}：{job.get_status_display()}。")
        return redirect(job.back_url)
    return render(request, "jobs/job_detail.html", {"job": job, "late": _late(job)})


@require_GET
def job_status(request: HttpRequest, pk: int) -> JsonResponse:
    """What the live bar asks for."""
    job = _own(request, pk)
    said: dict[str, Any] = {
        "status": job.status,
        "label": job.get_status_display(),
        "done": job.done,
        "total": job.total,
        "message": _late(job) or job.message,
        "seconds_left": job.seconds_left,
        "finished": job.is_finished,
    }
    response = JsonResponse(said)
    response.headers["Cache-Control"] = "no-store"
    return response


def _late(job: Job) -> str:
    """What to say of a job that still waits: nobody is there to do it, or others come first."""
    if job.status != Status.WAITING or job.created_at >= timezone.now() - PATIENCE:
        return ""
    if is_late():
        return NOBODY_THERE
    took = usual_time(job.name)
    if took is None:
        return QUEUED_LONG
    return f"{QUEUED_LONG}；同类任务最近通常 {max(1, -(-took // MINUTE))} 分钟内完成"


vars(job_status).update(passive=True)  # does not keep an idle session alive


@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = services.cancel(_own(request, pk))
    if not job.is_finished:
        messages.info(request, "正在取消，请稍候。")
    return redirect(job)


@require_POST
def job_restart(request: HttpRequest, pk: int) -> HttpResponse:
    job = _own(request, pk)
    if not job.can_restart:
        messages.info(request, "这项任务不需要重新执行。")
        return redirect(job)
    try:
        return redirect(services.restart(job, by=request.actor))  # type: ignore[attr-defined]
    except services.TooManyJobs as refusal:
        messages.error(request, str(refusal))
        return redirect(job)


@require_GET
def job_result(request: HttpRequest, pk: int) -> FileResponse:
    job = _own(request, pk)
    return download(job.result, job.result_name)


@require_GET
def job_report(request: HttpRequest, pk: int) -> FileResponse:
    job = _own(request, pk)
    return download(job.report, job.report_name)


def download(stored: Any, filename: str) -> FileResponse:
    """Raises `Http404` for a file that is no longer kept."""
    if not stored:
        raise Http404("文件已过期或不存在，请重新执行任务。")
    try:
        return attachment(handed_out(stored), filename)
    except FileNotFoundError:
        raise Http404("文件已过期或不存在，请重新执行任务。") from None
