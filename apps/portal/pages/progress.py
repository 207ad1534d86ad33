"""填报进度与催报 (S3-02): level by level down to the institution, reminders, the phone list, Excel."""

import io
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.domain.calling import caller_of
from apps.accounts.models.roles import ORGANIZATION_ROLES, Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.redirects import next_page
from apps.accounts.pages.requests import SignedInRequest
from apps.exchange.files.pdf import write_pdf
from apps.exchange.pages.exports import export_response
from apps.jobs.files import attachment
from apps.jobs.services import enqueue
from apps.notices.messages import LONGEST_WORDS
from apps.portal.domain.filters import ProgressFilter
from apps.portal.domain.progress import institutions_below, overall
from apps.portal.domain.reminding import RemindRefused, log_phone_list, remind
from apps.portal.files.phone_lists import LONGEST, phone_list
from apps.portal.files.workbooks import PROGRESS_EXPORT
from apps.portal.pages.tables import ProgressTable
from apps.portal.tasks import REMIND
from apps.review.domain.checklist import checklist_of
from apps.review.models import Filing
from apps.review.pages.bureau_page import BureauPage
from apps.review.pages.desks import desk_of, tabs_of, top_of
from apps.review.pages.outside import explains_chain
from apps.ui.lists import build_table, matching, selected
from apps.ui.numbers import number_of
from apps.ui.pages.replicas import reads_replica

BUREAUS = tuple(role for role in ORGANIZATION_ROLES if role != Role.INSTITUTION)
AT_ONCE = 2_000
"""Units that a page reminds itself; more are a job."""


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def progress_detail(request: SignedInRequest, code: str) -> HttpResponse:
    """The bureaus directly below, each with its institutions by stage."""
    desk = desk_of(request, code)
    top = top_of(request, desk)
    report = overall(top)
    if not any(area.filing for area in report.areas):
        return redirect(f"{reverse('portal:progress_unit_list', args=[code])}?{_at(top, desk)}")
    shown = {**_head(request, desk, top), "report": report}
    return render(request, "portal/progress_detail.html", shown)


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def progress_unit_list(request: SignedInRequest, code: str) -> HttpResponse:
    """The institutions below, with what each has done last; who is late can be ticked and reminded."""
    desk = desk_of(request, code)
    top = top_of(request, desk)
    filterset = _filter(request, top)
    rows: Any = matching(filterset)
    table: Any = build_table(
        request,
        ProgressTable,
        rows.select_related("organization", "parent__organization").order_by("path"),
        filtered=filterset.is_narrowed,
    )
    table.show_activity()
    head = _head(request, desk, top)
    if not head["may_remind"]:
        table.columns.hide("select")
    return render(
        request, "portal/progress_unit_list.html", {**head, "table": table, "filter": filterset}
    )


@requires(Permission.REVIEW, roles=BUREAUS)
@require_POST
@explains_chain
def progress_remind(request: SignedInRequest, code: str) -> HttpResponse:
    """催报 to one, to the ticked, or to all that match; bureaus by `area`."""
    desk = desk_of(request, code)
    top = top_of(request, desk)
    back = request.POST.get("back", "")
    page = "progress_detail" if back == "areas" else "progress_unit_list"
    here = next_page(request, f"{reverse(f'portal:{page}', args=[code])}?{request.GET.urlencode()}")
    chosen = _chosen(request, top)
    if not chosen:
        messages.warning(request, "请先勾选要催报的单位。")
        return redirect(here)
    words = request.POST.get("words", "")[:LONGEST_WORDS]
    try:
        if len(chosen) > AT_ONCE:
            return _in_background(request, desk, chosen, words, here)
        done = remind(desk.project, chosen, by=request.actor, words=words)
    except RemindRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, done.in_words)
    return redirect(here)


def _chosen(request: SignedInRequest, top: Filing) -> list[int]:
    if areas := request.POST.getlist("area"):
        numbers = [number for area in areas if (number := number_of(area)) is not None]
        rows = Filing.objects.children_of(top).bureaus().filter(pk__in=numbers)
        return list(rows.values_list("pk", flat=True))
    chosen = selected(
        request,
        queryset=institutions_below(top),
        filterset_class=lambda _data, queryset, **_: _filter(request, top, queryset),  # type: ignore[arg-type]
    )
    return list(chosen.order_by("path").values_list("pk", flat=True))


def _in_background(
    request: SignedInRequest, desk: BureauPage, chosen: list[int], words: str, back: str
) -> HttpResponse:
    job = enqueue(
        REMIND,
        by=request.actor,
        title=f"催报“{desk.project.name}”",
        back_url=back,
        project_id=desk.project.pk,
        filing_ids=chosen,
        words=words,
    )
    return redirect(job)


def _filter(request: SignedInRequest, top: Filing, rows: Any = None) -> ProgressFilter:
    queryset = institutions_below(top) if rows is None else rows
    return ProgressFilter(request.GET.dict(), queryset=queryset, request=request)


def _at(top: Filing, desk: BureauPage) -> str:
    return "" if top.pk == desk.own.pk else f"at={top.pk}"


def _head(request: SignedInRequest, desk: BureauPage, top: Filing) -> dict[str, Any]:
    user: Any = request.user
    return {
        "project": desk.project,
        "own": desk.own,
        "top": top,
        "is_own": top.pk == desk.own.pk,
        "at": _at(top, desk),
        "checklist": checklist_of(
            desk.project, top.path, at=0 if top.pk == desk.own.pk else top.pk
        ),
        "tabs": tabs_of(request, desk, "portal:progress_detail"),
        "may_remind": user.has(Permission.REVIEW) and desk.project.is_in_progress,
        "may_export": user.has(Permission.EXPORT),
        "may_print_phones": user.has(Permission.REVIEW) and user.has(Permission.EXPORT),
    }


@requires(Permission.QUERY, Permission.EXPORT, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def progress_export(request: SignedInRequest, code: str) -> HttpResponseBase:
    desk = desk_of(request, code)
    context = {
        "top_id": top_of(request, desk).pk,
        "filters": request.GET.dict(),
        "caller": caller_of(request.user),
    }
    back = reverse("portal:progress_unit_list", args=[code])
    return export_response(request, PROGRESS_EXPORT, context=context, back_url=back)


@requires(Permission.QUERY, Permission.REVIEW, Permission.EXPORT, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def progress_phones(request: SignedInRequest, code: str) -> HttpResponseBase:
    """The printable list of whom to call, as the list is filtered: in full for whoever reminds, and logged."""
    desk = desk_of(request, code)
    top = top_of(request, desk)
    file = io.BytesIO()
    rows: Any = matching(_filter(request, top))
    write_pdf(file, phone_list(desk.project, top, rows))
    log_phone_list(by=request.actor, project=desk.project, top=top)
    file.seek(0)
    return attachment(file, f"催报电话-{top.organization.name}.pdf", "application/pdf")


@requires(Permission.QUERY, roles=BUREAUS)
@require_GET
@reads_replica
@explains_chain
def progress_names(request: SignedInRequest, code: str) -> HttpResponse:
    """复制名单: the institutions as the list is filtered, as plain text, one to a line."""
    desk = desk_of(request, code)
    top = top_of(request, desk)
    rows: Any = matching(_filter(request, top)).order_by("path")
    names = list(rows.values_list("organization__name", flat=True)[: LONGEST + 1])
    shown = {
        "project": desk.project,
        "top": top,
        "at": _at(top, desk),
        "names": "\n".join(names[:LONGEST]),
        "number": min(len(names), LONGEST),
        "is_cut": len(names) > LONGEST,
    }
    return render(request, "portal/progress_names.html", shown)
