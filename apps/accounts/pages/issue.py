"""账号发放: units and manufacturers without an account, and the sheets with their one-time passwords."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.domain.issue_targets import IssueRefused
from apps.accounts.domain.issuing import (
    NothingToIssue,
    SheetGone,
    UsernamesTaken,
    issue_now,
    open_sheet,
    skipped_in_words,
    take_sheet,
)
from apps.accounts.domain.reads import ISSUE, being_issued, issuable_units, offered_winners
from apps.accounts.files.issue_sheets import SHEET_FORMATS
from apps.accounts.models import IssueSheet, SheetKind
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.filters import IssuableEnterpriseFilter, IssuableUnitFilter
from apps.accounts.pages.requests import SignedInRequest
from apps.accounts.pages.tables import IssuableEnterpriseTable, IssuableUnitTable
from apps.jobs.services import enqueue
from apps.ui.lists import render_list, selected

# So many accounts take less than a second; more are made in the background.
AT_ONCE = 30
IMPORTS = {
    Role.PROVINCE: ("administration:unit_import_with_accounts", "导入机构并发放账号"),
    Role.ALLIANCE: ("administration:enterprise_import", "导入生产企业并发放账号"),
}
GONE = "这张发放单已下载或已过期，其中的一次性密码不再保存。需要时请在“密码重置”中重新生成。"


@requires(Permission.MANAGE_ACCOUNTS)
def issue_list(request: SignedInRequest) -> HttpResponse:
    """Units of the tree: provinces for the alliance, everything below for a province."""
    user: Any = request.user
    issuing = being_issued(SheetKind.UNITS)
    units = issuable_units(user).exclude(pk__in=issuing).select_related("parent")
    if request.method == "POST":
        chosen = selected(request, queryset=units, filterset_class=IssuableUnitFilter)
        ids = list(chosen.values_list("pk", flat=True))
        return issue(request, SheetKind.UNITS, ids, back=request.get_full_path())
    return render_list(
        request,
        "accounts/issue_list.html",
        table_class=IssuableUnitTable,
        filterset_class=IssuableUnitFilter,
        queryset=units.order_by("path"),
        context=_around(request, SheetKind.UNITS, len(issuing)),
    )


@requires(Permission.MANAGE_ACCOUNTS, roles=(Role.ALLIANCE,))
def issue_enterprises(request: SignedInRequest) -> HttpResponse:
    """Manufacturers that won something, by the alliance."""
    user: Any = request.user
    issuing = being_issued(SheetKind.ENTERPRISES)
    enterprises = offered_winners(user).exclude(pk__in=issuing)
    if request.method == "POST":
        chosen = selected(request, queryset=enterprises, filterset_class=IssuableEnterpriseFilter)
        ids = list(chosen.values_list("pk", flat=True))
        return issue(request, SheetKind.ENTERPRISES, ids, back=request.get_full_path())
    return render_list(
        request,
        "accounts/issue_list.html",
        table_class=IssuableEnterpriseTable,
        filterset_class=IssuableEnterpriseFilter,
        queryset=enterprises.order_by("sort_key"),
        context=_around(request, SheetKind.ENTERPRISES, len(issuing)),
    )


def _around(request: SignedInRequest, kind: SheetKind, issuing: int) -> dict[str, Any]:
    """Tabs, how many are just getting accounts, and the sheets that still wait for their owner."""
    user: Any = request.user
    tabs = [
        {
            "label": "单位",
            "href": reverse("accounts:issue_list"),
            "current": kind == SheetKind.UNITS,
        }
    ]
    if user.role == Role.ALLIANCE:
        href = reverse("accounts:issue_enterprises")
        tabs.append({"label": "生产企业", "href": href, "current": kind == SheetKind.ENTERPRISES})
    sheets = IssueSheet.objects.filter(owner=user).waiting().order_by("-created_at")
    own_import = IMPORTS.get(Role(user.role))
    waiting = list(sheets[:20])
    return {"tabs": tabs, "issuing": issuing, "sheets": waiting, "own_import": own_import}


def issue(
    request: SignedInRequest,
    kind: SheetKind,
    ids: list[int],
    *,
    back: str,
    seen: datetime | None = None,
) -> HttpResponse:
    """Issue (or reset) the chosen ones, in the background if they are many, and show their sheet."""
    actor: Any = request.actor
    if not ids:
        messages.warning(request, "请先勾选。")
        return redirect(back)
    if len(ids) > AT_ONCE:
        sheet = open_sheet(by=actor, kind=kind, target_ids=ids, seen=seen)
        return redirect(
            enqueue(ISSUE, by=actor, title=sheet.title, back_url=back, sheet_id=sheet.pk)
        )
    try:
        sheet = issue_now(by=actor, kind=kind, target_ids=ids, seen=seen)
    except (NothingToIssue, UsernamesTaken, IssueRefused) as refusal:
        messages.error(request, str(refusal))
        return redirect(back)
    return redirect("accounts:issue_sheet", pk=sheet.pk)


def own_sheet(request: SignedInRequest, pk: int) -> IssueSheet:
    """A finished sheet of the viewer's own; others' are not found."""
    user: Any = request.user
    sheets = IssueSheet.objects.filter(owner=user, complete_at__isnull=False)
    sheet: IssueSheet = get_object_or_404(sheets, pk=pk)
    return sheet


@requires(Permission.RESET_PASSWORDS)
@never_cache
@require_GET
def issue_sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    sheet = own_sheet(request, pk)
    shown = {"sheet": sheet, "skipped": skipped_in_words(sheet.skipped)}
    return render(request, "accounts/issue_sheet.html", shown)


@requires(Permission.RESET_PASSWORDS)
@never_cache
@require_POST
def issue_sheet_take(request: SignedInRequest, pk: int) -> HttpResponse:
    """Download once, in the format whose button was pressed."""
    sheet = own_sheet(request, pk)
    chosen = SHEET_FORMATS.get(request.POST.get("format", ""))
    if chosen is None:
        raise Http404
    try:
        content = take_sheet(by=request.actor, sheet_id=pk, render=chosen.render)
    except SheetGone:
        messages.error(request, GONE)
        return redirect("accounts:issue_sheet", pk=pk)
    headers = {"Content-Disposition": chosen.disposition(sheet)}
    return HttpResponse(content, content_type=chosen.content_type, headers=headers)
