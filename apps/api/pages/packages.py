"""A bureau's own package: what stands in it and below it, its items, 提交 where the project lets programs do it."""

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from ninja import Field, Router, Schema

from apps.accounts.models.roles import ORGANIZATION_ROLES, Permission, Role
from apps.api.domain.cursors import page_of_rows
from apps.api.pages.filings import MovedOut, moved
from apps.api.pages.paging import Cursor, Limit, Page, page
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import IfMatch, etag_of, takes, version_seen
from apps.projects.models import ProjectKind
from apps.reporting.domain.packages.reading import PackageItem, package_items
from apps.review.domain.carrying import Instruction
from apps.review.domain.checklist import checklist_of
from apps.review.domain.performing import carry
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.review.pages.bureau_page import BureauPage, desk_for, overview

router = Router()
SENDERS = tuple(
    role for role in ORGANIZATION_ROLES if role not in {Role.INSTITUTION, Role.ALLIANCE}
)
BUREAUS = (*SENDERS, Role.ALLIANCE)


class BelowOut(Schema):
    total: int
    draft: int
    submitted: int
    approved: int
    returned: int
    lapsed: int


class PackageOut(Schema):
    project: str
    kind: str
    status: str
    status_text: str
    version: int
    submitted_at: datetime | None
    below: BelowOut
    is_ready: bool
    why_not: str
    open: list[str]


class PackageItemOut(Schema):
    item_code: str
    unified_code: str
    variety: str
    specification: str
    unit: str
    quantity: int
    previous: int
    change: str
    amount: str | None
    institutions: int


class PackageItemPage(Page):
    items: list[PackageItemOut]


class SubmitIn(Schema):
    confirmed: bool = Field(
        False,  # noqa: FBT003
        description="已核对还没办完的（open）并同意提交。",
    )
    losing: int = Field(0, ge=0, lt=2**31, description="同意漏下的已上报机构家数。")


def _desk(request: ProgramRequest, code: str) -> BureauPage:
    return desk_for(request.actor, code)


@router.get(
    "/projects/{slug:code}/package",
    response=PackageOut,
    summary="本级的申报包",
    description="本级申报包的状态、直接下级各状态的家数、能否提交和原因、还没办完的。ETag 是版本，提交时传回。",
)
@takes(Permission.QUERY, roles=BUREAUS)
def package_detail(request: ProgramRequest, response: HttpResponse, code: str) -> dict[str, Any]:
    desk, by = _desk(request, code), request.actor
    own = desk.own
    seen = overview(desk, [], by, at=by.moment)
    response["ETag"] = etag_of(own.version)
    return {
        "project": desk.project.code,
        "kind": own.kind,
        **moved(own),
        "submitted_at": own.submitted_at,
        "below": {name: getattr(seen.progress, name) for name in BelowOut.model_fields},
        "is_ready": seen.is_ready,
        "why_not": seen.why_not_submit or "",
        "open": [line.words for line in checklist_of(desk.project, own.path).open_lines],
    }


@router.get(
    "/projects/{slug:code}/package/items",
    response=PackageItemPage,
    summary="申报包的品规合计",
    description="报量：本级已通过的下级合计，每个有数量的品规一行，按品规编号排列。",
)
@takes(Permission.QUERY, roles=BUREAUS)
def package_item_list(
    request: ProgramRequest, code: str, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    own = _desk(request, code).own
    if own.kind == ProjectKind.ALLOCATION:
        raise Http404
    rows = package_items(own)
    shown, following = page_of_rows(rows, lambda row: row.item.item_code, cursor, limit)
    return page([_item(row) for row in shown], following)


def _item(row: PackageItem) -> dict[str, Any]:
    item = row.item
    return {
        "item_code": item.item_code,
        "unified_code": item.unified_code,
        "variety": item.variety,
        "specification": item.specification,
        "unit": item.unit,
        "quantity": row.quantity,
        "previous": row.baseline.shown,
        "change": row.change,
        "amount": None if row.amount is None else f"{row.amount}",
        "institutions": row.institutions,
    }


@router.post(
    "/projects/{slug:code}/package/submit",
    response=MovedOut,
    summary="提交申报包",
    description="须带 If-Match（申报包的 ETag）；项目须允许接口审核（program_review）。"
    "还有没办完的，须 confirmed；会漏下已上报机构的，须在 losing 里写明家数。",
)
@takes(Permission.REPORT, roles=SENDERS)
def package_submit(
    request: ProgramRequest,
    response: HttpResponse,
    code: str,
    body: SubmitIn,
    if_match: IfMatch = "",
) -> dict[str, Any]:
    version = version_seen(if_match)
    own = _desk(request, code).own
    told = Instruction(
        by=request.actor,
        versions={own.pk: version},
        confirmed=body.confirmed,
        losing=body.losing,
    )
    carry([own], Action.SUBMIT, told)
    filing = Filing.objects.select_related("project", "organization").get(pk=own.pk)
    response["ETag"] = etag_of(filing.version)
    return moved(filing)
