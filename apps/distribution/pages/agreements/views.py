"""三方协议: the list of every party and every tier, one agreement with its paper, signing and voiding."""

import io
from typing import Any

from csp.decorators import csp
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import ENTERPRISE_ROLES, ORGANIZATION_ROLES, Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.distribution.domain.agreements.filters import AgreementFilter
from apps.distribution.domain.agreements.reading import whole, with_packs
from apps.distribution.domain.agreements.refusals import AgreementRefused
from apps.distribution.domain.agreements.signing import sign_agreement, void_agreement
from apps.distribution.files.agreement_papers import filename_of, write_agreement
from apps.distribution.files.agreement_workbooks import AGREEMENT_EXPORT
from apps.distribution.models import IN_FORCE, Agreement, AgreementScan, AgreementStatus
from apps.distribution.pages.agreements.forms import ScanForm, VoidForm
from apps.distribution.pages.agreements.tables import AgreementTable
from apps.distribution.tasks import FILES, FORMATS
from apps.exchange.pages.exports import export_response
from apps.jobs.files import attachment, handed_out
from apps.jobs.services import TooManyJobs, enqueue
from apps.projects.domain.capitals import in_capitals
from apps.review.domain.attachments.page_codes import held_against
from apps.review.domain.refusals import ReviewRefused
from apps.review.pages.attachments import ONLY_SHOWN
from apps.ui.lists import render_list, selected

READERS = (*ORGANIZATION_ROLES, *ENTERPRISE_ROLES)
INSTITUTION = (Role.INSTITUTION,)
MOST = 5_000
LIST = "distribution:agreement_list"


def agreements() -> Any:
    """Those in scope, the latest first."""
    return Agreement.objects.with_parties().order_by("-project_id", "-number")


@requires(Permission.QUERY, roles=READERS)
def agreement_list(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        return _files(request)
    return render_list(
        request,
        "distribution/agreement_list.html",
        table_class=AgreementTable,
        filterset_class=AgreementFilter,
        queryset=agreements(),
        context={
            "may_export": may_export(request),
            "is_bureau": request.user.role in ORGANIZATION_ROLES[:-1],
            "query": request.GET.urlencode(),
        },
    )


def may_export(request: SignedInRequest) -> bool:
    """Enterprises hold no right of export; their own agreements are theirs to take along."""
    return bool(request.user.enterprise_id) or request.user.has(Permission.EXPORT)


def _files(request: SignedInRequest) -> HttpResponse:
    """批量下载 of the ticked ones or all that match: a job makes one PDF or a ZIP."""
    form = request.POST.get("format", "")
    back = request.get_full_path()
    chosen = selected(request, queryset=agreements(), filterset_class=AgreementFilter)
    ids = list(chosen.values_list("pk", flat=True)[: MOST + 1])
    if form not in FORMATS or not ids:
        messages.warning(request, "请先勾选要下载的协议。")
        return redirect(back)
    if len(ids) > MOST:
        messages.error(request, f"一次最多下载 {MOST:,} 份协议，请先缩小查询范围。")
        return redirect(back)
    title = f"下载三方协议（{len(ids):,} 份）"
    try:
        return redirect(
            enqueue(FILES, by=request.actor, title=title, back_url=back, ids=ids, form=form)
        )
    except TooManyJobs as refusal:
        messages.error(request, str(refusal))
        return redirect(back)


@requires(Permission.QUERY, roles=READERS)
@require_GET
def agreement_export(request: SignedInRequest) -> HttpResponseBase:
    if not may_export(request):
        raise PermissionDenied
    return export_response(
        request,
        AGREEMENT_EXPORT,
        context={"query": request.GET.urlencode()},
        back_url=reverse(LIST),
    )


@requires(Permission.QUERY, roles=READERS)
@require_GET
def agreement_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return _detail(request, pk, ScanForm(), VoidForm())


def _detail(
    request: SignedInRequest, pk: int, form: ScanForm, void_form: VoidForm, status: int = 200
) -> HttpResponse:
    rows = whole(Agreement.objects.all()).select_related("distributor__user")
    agreement = get_object_or_404(rows, pk=pk)
    own = agreement.institution_id == request.user.organization_id
    may_change = own and request.user.has(Permission.MAINTAIN)
    scan = AgreementScan.objects.filter(agreement=agreement, replaced_at=None).first()
    shown = {
        "agreement": agreement,
        "project": None if request.user.role == Role.DISTRIBUTOR else agreement.project,
        "lines": with_packs(agreement),
        "capitals": in_capitals(agreement.amount),
        "scan": scan,
        "pages": held_against(scan.page_codes if scan else (), agreement.check_code),
        "form": form,
        "void_form": void_form,
        "may_sign": may_change
        and agreement.state in {AgreementStatus.DRAWN, AgreementStatus.SIGNED},
        "carrier_lost": agreement.status in IN_FORCE and not agreement.carrier_enabled,
        "may_void": may_change and agreement.state != AgreementStatus.VOID,
    }
    return render(request, "distribution/agreement_detail.html", shown, status=status)


@requires(Permission.QUERY, roles=READERS)
@require_GET
def agreement_pdf(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """The paper, word for word as it was drawn."""
    agreement = get_object_or_404(whole(Agreement.objects.all()), pk=pk)
    file = io.BytesIO()
    write_agreement(file, agreement)
    file.seek(0)
    return attachment(file, filename_of(agreement))


@requires(Permission.QUERY, roles=READERS)
@require_GET
@csp(ONLY_SHOWN)  # type: ignore[arg-type]
def agreement_scan(request: SignedInRequest, pk: int) -> FileResponse:
    """查看签署件: the scan itself, for who may see the agreement."""
    agreement = get_object_or_404(Agreement.objects.all(), pk=pk)
    scans = AgreementScan.objects.filter(agreement=agreement, replaced_at=None)
    scan = get_object_or_404(scans)
    response = FileResponse(handed_out(scan.file), content_type="application/pdf")
    name = f"三方协议_{agreement.code}_签署件.pdf"
    named = content_disposition_header(as_attachment=False, filename=name)
    response.headers["Content-Disposition"] = named or "inline"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def agreement_sign(request: SignedInRequest, pk: int) -> HttpResponse:
    get_object_or_404(Agreement.objects.all(), pk=pk)
    form = ScanForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            scan = sign_agreement(by=request.actor, pk=pk, files=form.chosen)
        except (AgreementRefused, ReviewRefused) as refusal:
            form.add_error("document", str(refusal))
        else:
            read, _tone = held_against(scan.page_codes, scan.agreement.check_code).status
            messages.success(request, f"签署件已上传，共 {scan.pages} 页，{read}。请核对。")
            return redirect("distribution:agreement_detail", pk=pk)
    return _detail(request, pk, form, VoidForm(), status=422)


@requires(Permission.MAINTAIN, roles=INSTITUTION)
@require_POST
def agreement_void(request: SignedInRequest, pk: int) -> HttpResponse:
    get_object_or_404(Agreement.objects.all(), pk=pk)
    form = VoidForm(request.POST)
    if form.is_valid():
        try:
            held = void_agreement(by=request.actor, pk=pk, reason=form.cleaned_data["reason"])
        except AgreementRefused as refusal:
            form.add_error("reason", str(refusal))
        else:
            messages.success(request, f"协议 {held.code} 已作废，其中的产品可以重新选择配送企业。")
            return redirect("distribution:agreement_detail", pk=pk)
    return _detail(request, pk, ScanForm(), form, status=422)
