"""What a program asked for in the background: how far it is, its file, its error report.

Invariant: a token sees what was asked for by itself alone, so that no other one's rows or projects show.
"""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from apps.api.domain.cursors import page_of_query
from apps.api.pages.paging import Cursor, Limit, Page, page
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes
from apps.jobs.models import Job
from apps.jobs.services import cancel
from apps.jobs.views import download

router = Router()
LARGEST = 2**63


class JobOut(Schema):
    id: int
    title: str
    status: str
    status_text: str
    done: int
    total: int
    detail: str
    is_finished: bool
    has_result: bool
    result_name: str
    has_report: bool
    asked_at: datetime
    finished_at: datetime | None
    kept_until: datetime | None


class JobPage(Page):
    items: list[JobOut]


@router.get(
    "/jobs",
    response=JobPage,
    summary="任务",
    description="本令牌发起的导出和导入，先发起的在前。",
)
@takes()
def job_list(request: ProgramRequest, cursor: Cursor = "", limit: Limit = 100) -> dict[str, Any]:
    found, following = page_of_query(_own(request), cursor, limit)
    return page([job_out(job) for job in found], following)


def _own(request: ProgramRequest) -> QuerySet[Job]:
    token = request.token
    return Job.objects.all().owned_by(request.user).filter(through_id=token.pk)


def _one(request: ProgramRequest, pk: int) -> Job:
    if pk >= LARGEST:
        raise Http404
    return get_object_or_404(_own(request), pk=pk)


def job_out(job: Job) -> dict[str, Any]:
    return {
        "id": job.pk,
        "title": job.title,
        "status": job.status,
        "status_text": job.get_status_display(),
        "done": job.done,
        "total": job.total,
        "detail": job.message,
        "is_finished": job.is_finished,
        "has_result": bool(job.result),
        "result_name": job.result_name,
        "has_report": bool(job.report),
        "asked_at": job.created_at,
        "finished_at": job.finished_at,
        "kept_until": job.expires_at,
    }


@router.get(
    "/jobs/{int:pk}",
    response=JobOut,
    summary="一个任务",
    description="status 为 waiting 排队中、running 进行中、succeeded 已完成、failed 未成功、cancelled 已取消、"
    "refused 已拒绝；detail 是给人看的句子。",
)
@takes()
def job_detail(request: ProgramRequest, pk: int) -> dict[str, Any]:
    return job_out(_one(request, pk))


@router.post(
    "/jobs/{int:pk}/cancel",
    response=JobOut,
    summary="取消任务",
    description="排队中的立即取消，进行中的在下一步停下，没有写入任何数据。",
)
@takes()
def job_cancel(request: ProgramRequest, pk: int) -> dict[str, Any]:
    return job_out(cancel(_one(request, pk)))


@router.get(
    "/jobs/{int:pk}/result",
    response={200: None},
    summary="下载结果",
    description="导出的文件；到 kept_until 为止。",
)
@takes()
def job_result(request: ProgramRequest, pk: int) -> HttpResponseBase:
    job = _one(request, pk)
    return download(job.result, job.result_name)


@router.get(
    "/jobs/{int:pk}/report",
    response={200: None},
    summary="下载错误报告",
    description="导入的文件，错处已标出。",
)
@takes()
def job_report(request: ProgramRequest, pk: int) -> HttpResponseBase:
    job = _one(request, pk)
    return download(job.report, job.report_name)
