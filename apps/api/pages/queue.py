"""A bureau's queue: what stands below it, what is odd in a report, and the acts that the project lets it take here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import Field, Router, Schema
from pydantic import AwareDatetime

from apps.accounts.models.roles import ORGANIZATION_ROLES, Permission, Role
from apps.allocation.models import AllocationRow
from apps.api.domain.cursors import page_of_query, page_of_rows
from apps.api.pages.filings import MovedOut, moved
from apps.api.pages.lines import LinePage, found_or_refused, line_out
from apps.api.pages.paging import Cursor, Limit, Page, Since, page
from apps.api.pages.problems import Problem
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes
from apps.portal.domain.progress import Area, Stage, overall
from apps.projects.domain.own_codes.finding import items_by_code
from apps.projects.models import CatalogItem, ProjectKind
from apps.reporting.domain.oddities.reading import oddities_of, said
from apps.reporting.domain.sheet.rows import rows_of
from apps.review.domain.carrying import Instruction
from apps.review.domain.filings.marks import marks_of
from apps.review.domain.kinds import Mark
from apps.review.domain.performing import carry
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from apps.review.pages.bureau_page import BureauPage, desk_for

router = Router()
BUREAUS = tuple(role for role in ORGANIZATION_ROLES if role != Role.INSTITUTION)
LARGEST = 2**63
ACTS = {"approve": Action.APPROVE, "unapprove": Action.UNAPPROVE, "return": Action.RETURN}


class QueuedOut(Schema):
    id: int
    unit_code: str
    unit_name: str
    tier: str
    status: str
    status_text: str
    version: int
    submitted_at: datetime | None
    worst: str
    document: str
    is_doubtful: bool


class QueuePage(Page):
    items: list[QueuedOut]


class OddityOut(Schema):
    item_code: str
    variety: str
    specification: str
    label: str
    detail: str
    is_checked: bool


class OdditiesOut(Schema):
    items: list[OddityOut]


class AreaOut(Schema):
    name: str
    total: int
    stages: dict[str, int]


class ProgressOut(Schema):
    total: int
    stages: dict[str, int]
    areas: list[AreaOut]


class SeenIn(Schema):
    id: int = Field(ge=1, lt=2**63)
    version: int = Field(ge=0, lt=2**31, description="取数时的 version；不是最新的，全部不办理。")


class ActIn(Schema):
    action: Literal["approve", "unapprove", "return"]
    filings: list[SeenIn] = Field(min_length=1, max_length=2000)
    reason: str = Field("", max_length=500, description="退回修改、取消通过的原因。")
    items: list[str] = Field(
        [], max_length=5000, description="退回一家机构时指明要修改的品规的编码；不填则不指明。"
    )
    deadline: AwareDatetime | None = Field(None, description="更正截止；不填为本级时间窗口的结束。")
    sheet_checked: bool = Field(
        False,  # noqa: FBT003
        description="已核对签章完整、数据一致（项目要求上传附件的）。",
    )


class ActedOut(Schema):
    filings: list[MovedOut]


@router.get(
    "/projects/{slug:code}/queue",
    response=QueuePage,
    summary="审核队列",
    description="本级直接下级的申报单，各带最严重的异常。status 可以筛选，如 submitted。",
)
@takes(Permission.QUERY, roles=BUREAUS)
def queue_list(
    request: ProgramRequest,
    code: str,
    cursor: Cursor = "",
    limit: Limit = 100,
    *,
    status: str = "",
    updated_since: Since = None,
) -> dict[str, Any]:
    rows = Filing.objects.children_of(_desk(request, code).own).with_organization()
    rows = rows.filter(status=status) if status in Status.values else rows
    if updated_since is not None:
        moves = FilingEvent.objects.filter(filing=OuterRef("pk"), at__gte=updated_since)
        rows = rows.filter(Exists(moves))
    found, following = page_of_query(rows.select_related("project"), cursor, limit)
    marks = marks_of(found)
    return page([_queued(filing, marks) for filing in found], following)


def _desk(request: ProgramRequest, code: str) -> BureauPage:
    return desk_for(request.actor, code)


def _queued(filing: Filing, marks: Mapping[int, Mark]) -> dict[str, Any]:
    mark = marks.get(filing.pk, Mark())
    return {
        "id": filing.pk,
        "unit_code": filing.organization.code,
        "unit_name": filing.organization.name,
        "tier": filing.tier,
        **moved(filing),
        "submitted_at": filing.submitted_at,
        "worst": mark.worst,
        "document": mark.document[0] if mark.document else "",
        "is_doubtful": mark.is_doubtful,
    }


@router.get(
    "/projects/{slug:code}/queue/{int:pk}/oddities",
    response=OdditiesOut,
    summary="一份申报的异常",
    description="已上报的医疗机构申报里值得核对的品规，最严重的在前。",
)
@takes(Permission.QUERY, roles=BUREAUS)
def oddity_list(request: ProgramRequest, code: str, pk: int) -> dict[str, Any]:
    found = oddities_of(_reported(request, code, pk))
    items = CatalogItem.objects.in_bulk([each.item for each in found])
    return {"items": [_odd(said(each, items[each.item]), items[each.item]) for each in found]}


def _odd(odd: Any, item: CatalogItem) -> dict[str, Any]:
    return {
        "item_code": item.item_code,
        "variety": item.variety,
        "specification": item.specification,
        "label": odd.label,
        "detail": odd.sentence,
        "is_checked": odd.is_checked,
    }


@router.post(
    "/projects/{slug:code}/queue/acts",
    response=ActedOut,
    summary="审核",
    description="approve 审核通过、unapprove 取消通过、return 退回修改；全部办理或全部不办理。"
    "项目须允许接口审核（program_review）；要求逐一审核的一次只能一家；要求再次验证密码的，请登录网页办理。",
)
@takes(Permission.REVIEW, roles=BUREAUS)
def queue_act(request: ProgramRequest, code: str, body: ActIn) -> dict[str, Any]:
    desk = _desk(request, code)
    versions = {each.id: each.version for each in body.filings}
    rows = Filing.objects.children_of(desk.own).with_organization().select_related("project")
    filings = list(rows.filter(pk__in=versions))
    if len(filings) != len(body.filings):
        raise Http404
    told = Instruction(
        by=request.actor,
        reason=body.reason,
        versions=versions,
        deadline=body.deadline,
        sheet_checked=body.sheet_checked,
        lines=_lines_named(filings, body.items),
    )
    done = carry(filings, ACTS[body.action], told)
    return {"filings": [moved(filing) for filing in done]}


def _lines_named(filings: Sequence[Filing], codes: Sequence[str]) -> list[int]:
    """The lines that a return points at. Raises `Problem`."""
    if not codes:
        return []
    (filing, *others) = filings
    if others or not filing.is_institution:
        sentence = "指明品规时一次只能退回一家医疗机构。没有办理。"
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "items_of_many", sentence)
    named = items_by_code(filing.project, codes)
    items = found_or_refused(named, len(set(codes)), len(codes)).items.values()
    if filing.kind != ProjectKind.ALLOCATION:
        return list(items)
    rows = AllocationRow.objects.of_filing(filing).filter(item__in=items)
    return list(rows.values_list("pk", flat=True))


@router.get(
    "/projects/{slug:code}/queue/{int:pk}/lines",
    response=LinePage,
    summary="一份申报的明细",
    description="已上报的医疗机构报量，每个品规一行，与机构自己的 lines 相同。",
)
@takes(Permission.QUERY, roles=BUREAUS)
def queue_line_list(
    request: ProgramRequest, code: str, pk: int, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    filing = _reported(request, code, pk)
    if filing.kind == ProjectKind.ALLOCATION:
        raise Http404
    rows = rows_of(filing.project, filing)
    shown, following = page_of_rows(rows, lambda row: row.item.item_code, cursor, limit)
    return page([line_out(row, filing) for row in shown], following)


def _reported(request: ProgramRequest, code: str, pk: int) -> Filing:
    """An institution's filing below that was reported. Raises `Http404`."""
    _desk(request, code)
    if pk >= LARGEST:
        raise Http404
    filings = Filing.objects.institutions().exclude(status=Status.DRAFT)
    filing: Filing = get_object_or_404(
        filings.select_related("project", "organization"), pk=pk, project__code=code
    )
    return filing


@router.get(
    "/projects/{slug:code}/progress",
    response=ProgressOut,
    summary="填报进度",
    description="本级以下参加项目的医疗机构按阶段的家数：not_started 未开始、saved 已保存、submitted 待审核、"
    "returned 已退回、approved 审核通过、lapsed 到期没有上报。",
)
@takes(Permission.QUERY, roles=BUREAUS)
def progress_detail(request: ProgramRequest, code: str) -> dict[str, Any]:
    report = overall(_desk(request, code).own)
    areas = [
        {"name": area.name, "total": area.total, "stages": _stages(area)} for area in report.areas
    ]
    return {"total": report.whole.total, "stages": _stages(report.whole), "areas": areas}


def _stages(area: Area) -> dict[str, int]:
    return {stage.value: area.counts.get(stage, 0) for stage in Stage}
