"""One's own filing: how it stands, its document, 上报, 撤回, 申请撤回, and what came back with which reason."""

import io
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Field, File, Router, Schema
from ninja.files import UploadedFile

from apps.accounts.models.roles import Permission, Role
from apps.allocation.models import AllocationRow
from apps.allocation.pages.allocation_page import AllocationPage
from apps.api.pages.lines import found_or_refused
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import IfMatch, etag_of, takes, version_seen
from apps.jobs.files import attachment
from apps.projects.domain.own_codes.finding import items_by_code
from apps.projects.models import ProjectKind
from apps.reporting.domain.letters.acts import upload_letter
from apps.reporting.domain.letters.state import Letter, letter_of
from apps.reporting.domain.sheet.reporting import report, withdraw
from apps.reporting.files.letters import filename_of, write_letter
from apps.reporting.models import DemandLine, ReportReason
from apps.reporting.pages.demand_page import DemandPage
from apps.review.domain.kinds import kind_of
from apps.review.domain.labels import status_text
from apps.review.domain.performing import perform
from apps.review.domain.reads import actions_for, history_of, requests_of
from apps.review.domain.returns.second_pass import last_return
from apps.review.domain.withdrawals.acts import ask_withdrawal
from apps.review.models import Filing, FilingEvent, WithdrawalRequest
from apps.review.models.statuses import EDITABLE, Action
from apps.review.pages.filing_page import FilingPage

router = Router()
INSTITUTION = (Role.INSTITUTION,)


class EventOut(Schema):
    at: datetime
    action: str
    action_name: str
    status: str
    unit: str
    person: str
    reason: str


class ReturnOut(Schema):
    at: datetime
    who: str
    reason: str
    deadline: datetime | None
    items: list[str]


class DocumentOut(Schema):
    title: str
    name: str
    pages: int
    uploaded_at: datetime | None
    status_text: str
    is_missing: bool


class RequestOut(Schema):
    asked_at: datetime
    asked_by: str
    reason: str
    state: str
    state_name: str
    answer: str


class FilingOut(Schema):
    project: str
    kind: str
    status: str
    status_text: str
    version: int
    is_editable: bool
    why_not: str
    closes_at: datetime | None
    submitted_at: datetime | None
    problems: list[str]
    actions: list[str]
    total_reason: str
    document: DocumentOut | None
    returned: ReturnOut | None
    requests: list[RequestOut]
    events: list[EventOut]


class MovedOut(Schema):
    status: str
    status_text: str
    version: int


class WithdrawIn(Schema):
    items: list[str] = Field(
        [], max_length=5000, description="报量：要重新维护的品规的编码，至少一个；分量不填。"
    )


class AskIn(Schema):
    reason: str = Field(min_length=1, max_length=500)


def page_of(request: ProgramRequest, code: str) -> FilingPage:
    """One's own institution's filing, of whatever kind. Raises `Http404`."""
    by = request.actor
    filing = get_object_or_404(
        Filing.objects.filter(organization=by.organization), project__code=code
    )
    pages: dict[str, type[FilingPage]] = {ProjectKind.ALLOCATION: AllocationPage}
    return pages.get(filing.kind, DemandPage).of(by, code)


@router.get(
    "/projects/{slug:code}/filing",
    response=FilingOut,
    summary="本机构的申报单",
    description="状态、能否填写和原因、还差什么、退回的原因和指明的品规、经过。ETag 是版本，办理时传回。",
)
@takes(Permission.QUERY, roles=INSTITUTION)
def filing_detail(request: ProgramRequest, response: HttpResponse, code: str) -> dict[str, Any]:
    desk = page_of(request, code)
    filing, by = desk.filing, desk.by
    response["ETag"] = etag_of(filing.version)
    editable = desk.editability
    offered = actions_for(desk.project, [filing], by, at=desk.now).get(filing.pk, [])
    problems = kind_of(filing).incomplete([filing]).get(filing.pk, ())
    reason = ReportReason.objects.filter(filing=filing).first()
    return {
        "project": desk.project.code,
        "kind": filing.kind,
        **moved(filing),
        "is_editable": editable.ok,
        "why_not": editable.sentence,
        "closes_at": desk.closes_at,
        "submitted_at": filing.submitted_at,
        "problems": [each.text for each in problems] if filing.state in EDITABLE else [],
        "actions": [action.value for action in offered],
        "total_reason": reason.text if reason else "",
        "document": _document(letter_of(desk.project, filing)),
        "returned": _returned(filing),
        "requests": [_request(each) for each in requests_of(filing)],
        "events": [_event(each) for each in history_of(filing)],
    }


def moved(filing: Filing) -> dict[str, Any]:
    return {
        "status": filing.status,
        "status_text": status_text(filing),
        "version": filing.version,
    }


def _document(letter: Letter | None) -> dict[str, Any] | None:
    if letter is None:
        return None
    file = letter.file
    return {
        "title": letter.title,
        "name": file.name if file else "",
        "pages": file.pages if file else 0,
        "uploaded_at": file.uploaded_at if file else None,
        "status_text": letter.status[0],
        "is_missing": letter.is_missing,
    }


def _returned(filing: Filing) -> dict[str, Any] | None:
    event = last_return(filing)
    if event is None:
        return None
    rows: Any = AllocationRow if filing.kind == ProjectKind.ALLOCATION else DemandLine
    asked = rows.objects.filter(filing=filing, asked_in=event.sequence)
    return {
        "at": event.at,
        "who": f"{event.organization_name} {event.actor_name}".strip(),
        "reason": event.reason,
        "deadline": filing.correction_deadline,
        "items": list(asked.order_by("item__item_code").values_list("item__item_code", flat=True)),
    }


def _request(asked: WithdrawalRequest) -> dict[str, Any]:
    return {
        "asked_at": asked.asked_at,
        "asked_by": asked.asked_by_name,
        "reason": asked.reason,
        "state": asked.outcome.value,
        "state_name": asked.outcome.label,
        "answer": asked.answer,
    }


def _event(event: FilingEvent) -> dict[str, Any]:
    return {
        "at": event.at,
        "action": event.action,
        "action_name": event.get_action_display(),
        "status": event.target,
        "unit": event.organization_name,
        "person": event.actor_name,
        "reason": event.reason,
    }


@router.get(
    "/projects/{slug:code}/letter",
    response={HTTPStatus.OK: None},
    summary="下载承诺函（汇总表）模板",
    description="带本机构现在的数量和核验码的 PDF，签字盖章后上传。",
)
@takes(Permission.QUERY, roles=INSTITUTION)
def letter_template(request: ProgramRequest, code: str) -> HttpResponseBase:
    desk = _asked_for_letter(request, code)
    file = io.BytesIO()
    write_letter(file, project=desk.project, filing=desk.filing)
    file.seek(0)
    return attachment(file, filename_of(desk.project, desk.filing))


@router.post(
    "/projects/{slug:code}/letter",
    response=DocumentOut,
    summary="上传签章文件",
    description="multipart/form-data，一份 PDF（document），不超过 20 MB；替换原来的。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION)
def letter_upload(
    request: ProgramRequest, code: str, document: File[UploadedFile]
) -> dict[str, Any]:
    desk = _asked_for_letter(request, code)
    upload_letter(filing=desk.filing, project=desk.project, files=[document], by=desk.by)
    return _document(letter_of(desk.project, desk.filing)) or {}


def _asked_for_letter(request: ProgramRequest, code: str) -> DemandPage:
    """Raises `Http404` where the project asks for no document."""
    desk = DemandPage.of(request.actor, code)
    if letter_of(desk.project, desk.filing) is None:
        raise Http404
    return desk


@router.post(
    "/projects/{slug:code}/report",
    response=MovedOut,
    summary="上报",
    description="须带 If-Match（申报单的 ETag）。还有没填的、没有签章文件、不在时间内等，都以网页同样的句子拒绝。",
)
@takes(Permission.REPORT, roles=INSTITUTION)
def filing_report(
    request: ProgramRequest, response: HttpResponse, code: str, if_match: IfMatch = ""
) -> dict[str, Any]:
    version = version_seen(if_match)
    desk = page_of(request, code)
    if isinstance(desk, AllocationPage):
        versions = {desk.filing.pk: version}
        (filing,) = perform([desk.filing], Action.SUBMIT, by=desk.by, versions=versions)
    else:
        filing = report(filing=desk.filing, project=desk.project, by=desk.by, version=version)
    response["ETag"] = etag_of(filing.version)
    return moved(filing)


@router.post(
    "/projects/{slug:code}/withdraw",
    response=MovedOut,
    summary="撤回",
    description="项目允许直接撤回、上级还没有处理时。须带 If-Match。报量须指明要重新维护的品规。",
)
@takes(Permission.REPORT, roles=INSTITUTION)
def filing_withdraw(
    request: ProgramRequest,
    response: HttpResponse,
    code: str,
    body: WithdrawIn,
    if_match: IfMatch = "",
) -> dict[str, Any]:
    version = version_seen(if_match)
    desk = page_of(request, code)
    if isinstance(desk, AllocationPage):
        perform([desk.filing], Action.WITHDRAW, by=desk.by, versions={desk.filing.pk: version})
    else:
        _withdraw_lines(desk, body.items, version)
    filing = Filing.objects.select_related("project", "organization").get(pk=desk.filing.pk)
    response["ETag"] = etag_of(filing.version)
    return moved(filing)


def _withdraw_lines(desk: FilingPage, codes: list[str], version: int) -> None:
    """Marks lines, as its page does: that takes the right to maintain them."""
    if not desk.by.may(Permission.MAINTAIN):
        raise PermissionDenied
    named = items_by_code(desk.project, codes, desk.by.organization)
    found = found_or_refused(named, len(set(codes)), len(codes))
    withdraw(
        filing=desk.filing,
        project=desk.project,
        items=list(found.items.values()),
        by=desk.by,
        version=version,
    )


@router.post(
    "/projects/{slug:code}/withdrawal-request",
    response=RequestOut,
    summary="申请撤回",
    description="项目规定申请后由上级同意的，写明原因；答复在申报单的 requests 里。",
)
@takes(Permission.REPORT, roles=INSTITUTION)
def filing_ask(request: ProgramRequest, code: str, body: AskIn) -> dict[str, Any]:
    desk = page_of(request, code)
    return _request(ask_withdrawal(desk.filing, by=desk.by, reason=body.reason))
