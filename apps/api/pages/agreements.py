"""Agreed volumes of a project, who delivers them to oneself, and the three-party agreements."""

import io
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Field, File, Router, Schema
from ninja.files import UploadedFile

from apps.accounts.models.roles import ENTERPRISE_ROLES, ORGANIZATION_ROLES, Permission, Role
from apps.allocation.domain.reads import agreements_for
from apps.allocation.models import SupplyTotal
from apps.api.domain.cursors import page_of_query
from apps.api.pages.paging import Cursor, Limit, Page, Since, page
from apps.api.pages.requests import ProgramRequest
from apps.api.pages.rights import takes
from apps.distribution.domain.agreements.reading import whole
from apps.distribution.domain.agreements.signing import sign_agreement, void_agreement
from apps.distribution.domain.relations.coverage_survey import deliverers_of, own_agreements
from apps.distribution.files.agreement_papers import filename_of, write_agreement
from apps.distribution.models import Agreement, AgreementLine
from apps.jobs.files import attachment
from apps.projects.models import Project, ProjectKind

router = Router()
READERS = (*ORGANIZATION_ROLES, *ENTERPRISE_ROLES)
INSTITUTION = (Role.INSTITUTION,)


class AgreedVolumeOut(Schema):
    unit_code: str
    unit_name: str
    item_code: str
    unified_code: str
    variety: str
    specification: str
    unit: str
    enterprise: str
    quantity: int
    amount: str


class AgreedVolumePage(Page):
    items: list[AgreedVolumeOut]


class DelivererOut(Schema):
    project: str
    item_code: str
    variety: str
    specification: str
    enterprise: str
    deliverers: list[str]


class DelivererPage(Page):
    items: list[DelivererOut]


class AgreementOut(Schema):
    id: int
    code: str
    project: str
    unit_name: str
    manufacturer: str
    carrier: str
    products: int
    amount: str
    status: str
    status_text: str
    drawn_at: datetime
    signed_at: datetime | None
    reason: str


class AgreementLineOut(Schema):
    item_code: str
    unified_code: str
    variety: str
    specification: str
    unit: str
    pack: int | None
    price: str | None
    quantity: int
    amount: str


class AgreementDetailOut(AgreementOut):
    lines: list[AgreementLineOut]


class AgreementPage(Page):
    items: list[AgreementOut]


class VoidIn(Schema):
    reason: str = Field(min_length=1, max_length=200)


@router.get(
    "/projects/{slug:code}/agreed-volumes",
    response=AgreedVolumePage,
    summary="中选企业协议量",
    description="本单位及以下各医疗机构的协议采购量；生产企业看本企业的产品，办结之前为分省合计。",
)
@takes(Permission.QUERY, roles=(*ORGANIZATION_ROLES, Role.MANUFACTURER))
def agreed_volume_list(
    request: ProgramRequest, code: str, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    project = get_object_or_404(Project.objects.all(), code=code, kind=ProjectKind.ALLOCATION)
    rows, _by_province = agreements_for(request.user, project)
    found, following = page_of_query(rows.order_by(), cursor, limit)
    return page([_volume(total) for total in found], following)


def _volume(total: SupplyTotal) -> dict[str, Any]:
    item, unit = total.product.item, total.filing.organization
    return {
        "unit_code": unit.code,
        "unit_name": unit.name,
        "item_code": item.item_code,
        "unified_code": item.unified_code,
        "variety": item.variety,
        "specification": item.specification,
        "unit": item.unit,
        "enterprise": total.product.enterprise.name,
        "quantity": total.quantity,
        "amount": f"{total.amount}",
    }


@router.get(
    "/deliverers",
    response=DelivererPage,
    summary="谁来配送",
    description="本机构协议采购的每个产品，已同意配送到本机构的配送企业。",
)
@takes(Permission.QUERY, roles=INSTITUTION)
def deliverer_list(
    request: ProgramRequest, cursor: Cursor = "", limit: Limit = 100
) -> dict[str, Any]:
    rows = own_agreements(request.user).order_by()
    found, following = page_of_query(rows, cursor, limit)
    known = deliverers_of(request.user, found)
    return page([_delivered(total, known.get(total.product_id, [])) for total in found], following)


def _delivered(total: SupplyTotal, relations: list[Any]) -> dict[str, Any]:
    item = total.product.item
    return {
        "project": total.filing.project.code,
        "item_code": item.item_code,
        "variety": item.variety,
        "specification": item.specification,
        "enterprise": total.product.enterprise.name,
        "deliverers": list(dict.fromkeys(relation.carrier.name for relation in relations)),
    }


@router.get(
    "/agreements",
    response=AgreementPage,
    summary="三方协议",
    description="令牌范围内的协议：医疗机构看本机构的，企业看本企业的，医保部门看辖区的。",
)
@takes(Permission.QUERY, roles=READERS)
def agreement_list(
    request: ProgramRequest,
    cursor: Cursor = "",
    limit: Limit = 100,
    *,
    project: str = "",
    status: str = "",
    updated_since: Since = None,
) -> dict[str, Any]:
    rows = Agreement.objects.with_parties()
    if updated_since is not None:
        drawn, signed = Q(drawn_at__gte=updated_since), Q(signed_at__gte=updated_since)
        rows = rows.filter(drawn | signed | Q(ended_at__gte=updated_since))
    rows = rows.filter(project__code=project[:40]) if project else rows
    rows = rows.filter(status=status[:10]) if status else rows
    found, following = page_of_query(rows, cursor, limit)
    return page([_agreement(each) for each in found], following)


def _agreement(agreement: Agreement) -> dict[str, Any]:
    return {
        "id": agreement.pk,
        "code": agreement.code,
        "project": agreement.project.code,
        "unit_name": agreement.institution.name,
        "manufacturer": agreement.manufacturer.name,
        "carrier": agreement.carrier.name,
        "products": agreement.products,
        "amount": f"{agreement.amount}",
        "status": agreement.status,
        "status_text": agreement.get_status_display(),
        "drawn_at": agreement.drawn_at,
        "signed_at": agreement.signed_at,
        "reason": agreement.reason,
    }


def _one(pk: int) -> Agreement:
    """Raises `Http404` outside the scope."""
    if pk >= 2**63:
        raise Http404
    found: Agreement = get_object_or_404(Agreement.objects.with_parties(), pk=pk)
    return found


@router.get(
    "/agreements/{int:pk}",
    response=AgreementDetailOut,
    summary="一份三方协议",
    description="协议和其中的每个产品：协议采购量以最小单位计，价格、包装是签订时的。",
)
@takes(Permission.QUERY, roles=READERS)
def agreement_detail(request: ProgramRequest, pk: int) -> dict[str, Any]:
    agreement = _one(pk)
    lines = AgreementLine.objects.filter(agreement=agreement)
    rows = lines.select_related("product__item", "terms").order_by("product__item__item_code", "pk")
    return _agreement(agreement) | {"lines": [_line(line) for line in rows]}


def _line(line: AgreementLine) -> dict[str, Any]:
    item, terms = line.product.item, line.terms
    return {
        "item_code": item.item_code,
        "unified_code": item.unified_code,
        "variety": item.variety,
        "specification": item.specification,
        "unit": item.unit,
        "pack": terms.pack,
        "price": None if terms.price is None else f"{terms.price}",
        "quantity": line.quantity,
        "amount": f"{line.amount}",
    }


@router.get(
    "/agreements/{int:pk}/pdf",
    response={200: None},
    summary="协议全文",
    description="生成时的协议，PDF。",
)
@takes(Permission.QUERY, roles=READERS)
def agreement_pdf(request: ProgramRequest, pk: int) -> HttpResponseBase:
    _one(pk)
    agreement = whole(Agreement.objects.all()).get(pk=pk)
    file = io.BytesIO()
    write_agreement(file, agreement)
    file.seek(0)
    return attachment(file, filename_of(agreement))


@router.post(
    "/agreements/{int:pk}/sign",
    response=AgreementOut,
    summary="上传签署件",
    description="multipart/form-data，一份 PDF（document），不超过 20 MB。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION)
def agreement_sign(
    request: ProgramRequest, pk: int, document: File[UploadedFile]
) -> dict[str, Any]:
    _one(pk)
    sign_agreement(by=request.actor, pk=pk, files=[document])
    return _agreement(_one(pk))


@router.post(
    "/agreements/{int:pk}/void",
    response=AgreementOut,
    summary="作废协议",
    description="写明原因；其中的产品可以重新选择配送企业。",
)
@takes(Permission.MAINTAIN, roles=INSTITUTION)
def agreement_void(request: ProgramRequest, pk: int, body: VoidIn) -> dict[str, Any]:
    _one(pk)
    void_agreement(by=request.actor, pk=pk, reason=body.reason)
    return _agreement(_one(pk))
