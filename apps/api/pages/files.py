"""Exports and imports as jobs: the views of the pages, asked by a program (`exchange.pages.programs`).

Invariant: who may export or import what, within which rows, is what the view of the page says; a token of some
projects alone gets nothing that goes across projects, since jobs run in the rows of its whole account.
"""

from collections.abc import Mapping
from copy import copy
from http import HTTPStatus
from typing import Annotated, Any, Literal

from django.contrib import messages
from django.http import Http404, QueryDict
from django.urls import NoReverseMatch, resolve, reverse
from ninja import Field, File, Query, Router, Schema, Status
from ninja.files import UploadedFile

from apps.api.pages.jobs import JobOut, job_out
from apps.api.pages.problems import Problem
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes
from apps.exchange.models import StoredUpload
from apps.exchange.pages.programs import ProgramAsks, ask_as_program

router = Router()
Export = Literal[
    "catalogue",
    "participants",
    "codes",
    "purchases",
    "results",
    "filings",
    "progress",
    "pivot",
    "base",
    "agreed",
    "volumes",
    "supply",
    "contracts",
    "agreed-volumes",
    "his",
    "unplaced",
    "units",
    "distributors",
    "relations",
    "coverage",
    "agreements",
    "winner-paper",
    "institutions",
    "base-paper",
    "agreed-paper",
    "agreement-paper",
    "agreement-progress",
    "agreement-units",
    "log",
    "changes",
]
Import = Literal[
    "lines",
    "codes",
    "purchases",
    "maintenance",
    "participants",
    "volumes",
    "units",
    "accounts",
    "distributors",
    "relations",
]
EXPORTS: Mapping[Export, str] = {
    "catalogue": "projects:catalogue_export",
    "participants": "projects:participant_export",
    "codes": "projects:own_code_export",
    "purchases": "reporting:purchase_export",
    "results": "reporting:result_export",
    "filings": "review:filing_export",
    "progress": "portal:progress_export",
    "pivot": "analysis:pivot_export",
    "base": "volumes:base_export",
    "agreed": "volumes:agreed_export",
    "volumes": "allocation:volume_export",
    "supply": "allocation:supply_export",
    "contracts": "allocation:report_export",
    "agreed-volumes": "allocation:agreement_export",
    "his": "allocation:agreement_his",
    "unplaced": "allocation:unplaced_export",
    "units": "administration:unit_export",
    "distributors": "distribution:distributor_export",
    "relations": "distribution:relation_export",
    "coverage": "distribution:coverage_export",
    "agreements": "distribution:agreement_export",
    "winner-paper": "projects:winner_paper",
    "institutions": "analysis:institution_export",
    "base-paper": "volumes:base_paper",
    "agreed-paper": "volumes:agreed_paper",
    "agreement-paper": "allocation:agreement_paper",
    "agreement-progress": "distribution:agreement_progress_export",
    "agreement-units": "distribution:agreement_unit_export",
    "log": "audit:log_export",
    "changes": "audit:change_export",
}
IMPORTS: Mapping[Import, str] = {
    "lines": "reporting:demand_import",
    "codes": "projects:own_code_import",
    "purchases": "reporting:purchase_import",
    "maintenance": "reporting:maintenance_import",
    "participants": "projects:participant_import",
    "volumes": "allocation:volume_import",
    "units": "administration:unit_import",
    "accounts": "administration:unit_import_with_accounts",
    "distributors": "distribution:distributor_import",
    "relations": "distribution:relation_import",
}
ACROSS = frozenset(
    {
        "administration:unit_export",
        "administration:unit_import",
        "administration:unit_import_with_accounts",
        "distribution:distributor_export",
        "distribution:distributor_import",
        "distribution:relation_export",
        "distribution:relation_import",
        "distribution:coverage_export",
        "distribution:agreement_export",
        "distribution:agreement_progress_export",
        "distribution:agreement_unit_export",
        "audit:log_export",
        "audit:change_export",
    }
)
"""Addresses without a project."""
FAULT = ("sheet", "row", "column", "detail")
OF_PROJECT = "一个项目的文件须带 project；跨项目的不带。"


class ExportIn(Schema):
    query: dict[str, str] = Field(
        {}, max_length=40, description='与网页列表的查询条件相同，如 {"status": "submitted"}。'
    )
    format: str = Field("xlsx", pattern="^(xlsx|csv)$", description="xlsx 或 csv（单张工作表的）。")


class FaultOut(Schema):
    sheet: str
    row: int | None
    column: str
    detail: str


class UploadOut(Schema):
    upload: str
    state: str
    counts: dict[str, int]
    can_apply: bool
    changed_cells: int
    notes: list[str]
    problem_count: int
    problems: list[FaultOut]
    job: JobOut | None


ProjectCode = Annotated[str, Query("", max_length=40, description=OF_PROJECT)]


@router.post(
    "/exports/{kind}",
    response={HTTPStatus.ACCEPTED: JobOut},
    summary="导出",
    description="发起一个导出任务；完成后从任务的 result 下载。内容与网页上的导出相同。",
)
@takes()
def export_start(
    request: ProgramRequest, kind: Export, body: ExportIn, project: ProjectCode = ""
) -> Status[dict[str, Any]]:
    asks, query = ProgramAsks("export"), QueryDict(mutable=True)
    query.update(body.query | {"format": body.format})
    _asked(request, EXPORTS[kind], project, asks, query)
    if asks.job is None:
        raise _nothing(request)
    return Status(HTTPStatus.ACCEPTED, job_out(asks.job))


def _nothing(request: ProgramRequest) -> Problem:
    """What the page would have said instead of a file."""
    said = [str(message) for message in messages.get_messages(request)]
    sentence = said[-1] if said else "现在没有可以导出的内容，或查询条件无法识别。"
    return Problem(HTTPStatus.CONFLICT, "nothing_to_export", sentence)


def _asked(
    request: ProgramRequest, name: str, project: str, asks: ProgramAsks, query: QueryDict
) -> None:
    """The page's own view, as a page would be asked. Raises what the view raises, `Problem`, `Http404`."""
    view, arguments = _view(request, name, project)
    asked: Any = copy(request)
    asked.method, asked.GET = "GET", query
    ask_as_program(asked, asks)
    response = view(asked, **arguments)
    if asks.job is None and asks.upload is None and response.status_code == HTTPStatus.OK:
        raise Http404  # a page that explains why there is nothing here


def _view(request: ProgramRequest, name: str, project: str) -> tuple[Any, dict[str, str]]:
    """Raises `Problem` where a project is missing, or the token is of some projects alone."""
    token = request.token
    if name in ACROSS:
        if token.project_ids is not None:
            sentence = "令牌只限指定的项目，不能导出或导入跨项目的文件。"
            raise Problem(HTTPStatus.FORBIDDEN, "token_of_projects", sentence)
        return resolve(reverse(name)).func, {}
    if not project:
        raise Problem(
            HTTPStatus.UNPROCESSABLE_ENTITY, "project_missing", "须带 project：项目编码。"
        )
    arguments = {"code": project}
    try:
        return resolve(reverse(name, kwargs=arguments)).func, arguments
    except NoReverseMatch:
        raise Http404 from None


@router.post(
    "/imports/{kind}",
    response={HTTPStatus.ACCEPTED: UploadOut},
    summary="上传要导入的文件",
    description="multipart/form-data，一份 .xlsx 或 .csv（file），按网页的模板填写。文件在后台检查，什么都还没有写入；"
    "检查完没有问题的，再用 apply 导入。accounts 导入机构并发放账号，发放单在网页上下载。",
)
@takes()
def import_start(
    request: ProgramRequest, kind: Import, file: File[UploadedFile], project: ProjectCode = ""
) -> Status[dict[str, Any]]:
    return Status(HTTPStatus.ACCEPTED, _imported(request, kind, project, ProgramAsks("receive")))


@router.get(
    "/imports/{kind}/{str:upload}",
    response=UploadOut,
    summary="一次导入",
    description="state 为 checking 正在检查、checked 已检查、applying 正在导入、applied 已导入、failed 没有检查完。"
    "问题最多列 200 条，全部的在任务的 report 里。",
)
@takes()
def import_detail(
    request: ProgramRequest, kind: Import, upload: str, project: ProjectCode = ""
) -> dict[str, Any]:
    return _imported(request, kind, project, ProgramAsks("find", upload))


@router.post(
    "/imports/{kind}/{str:upload}/apply",
    response={HTTPStatus.ACCEPTED: UploadOut},
    summary="导入检查过的文件",
    description="全部写入或全部不写入；检查之后数据有了变化的，任务说明原因，请重新上传。",
)
@takes()
def import_apply(
    request: ProgramRequest, kind: Import, upload: str, project: ProjectCode = ""
) -> Status[dict[str, Any]]:
    answer = _imported(request, kind, project, ProgramAsks("apply", upload))
    return Status(HTTPStatus.ACCEPTED, answer)


def _imported(
    request: ProgramRequest, kind: Import, project: str, asks: ProgramAsks
) -> dict[str, Any]:
    _asked(request, IMPORTS[kind], project, asks, QueryDict())
    if asks.upload is None:
        raise Http404
    return _upload(asks.upload)


def _upload(upload: StoredUpload) -> dict[str, Any]:
    return {
        "upload": upload.token,
        "state": _state(upload),
        "counts": upload.counts or {},
        "can_apply": upload.can_apply,
        "changed_cells": upload.change_count,
        "notes": list(upload.notes),
        "problem_count": upload.problem_count,
        "problems": [dict(zip(FAULT, fault, strict=False)) for fault in upload.problems],
        "job": job_out(upload.job) if upload.job else None,
    }


def _state(upload: StoredUpload) -> str:
    if upload.applied_at:
        return "applied"
    if upload.job and not upload.job.is_finished:
        return "checking" if upload.counts is None else "applying"
    return "failed" if upload.counts is None else "checked"
