"""采购需求维护: the page, and its form for browsers without script (S2-17..19, S2-23)."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.audit.pages.authorship import quantities_only
from apps.reporting.domain.sheet.reporting import report_own
from apps.reporting.domain.sheet.rows import items_of
from apps.reporting.domain.sheet.saving import save_lines
from apps.reporting.pages.answering import INSTITUTION, remember, ticked
from apps.reporting.pages.demand_page import DemandPage
from apps.reporting.pages.entry_acts import ACTS, Act, Press, reports_only
from apps.reporting.pages.entry_form import read, rows_in_form
from apps.reporting.pages.entry_page import Refused, context_of
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing
from apps.ui.numbers import number_of

CONFLICT = "本行已被他人改为 {value}，您填的没有保存；再次保存即以您的为准。"


@fills
@quantities_only
@requires(Permission.QUERY, roles=INSTITUTION)
def demand_edit(request: SignedInRequest, code: str) -> HttpResponse:
    if request.method == "POST" and reports_only(request.POST):
        return _report(request, code)
    desk = DemandPage.of(request.actor, code)
    if request.method != "POST":
        remember(request, code)
        return _page(request, desk)
    act = ACTS.get(request.POST.get("act", ""), ACTS["keep"])
    try:
        refused = _keep(request, desk)
        if refused.sentences:
            messages.error(request, f"有 {len(refused.sentences)} 行没有保存，请看表中的提示。")
            return _page(request, desk, refused, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return _act(request, desk, act)
    except ReviewRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(request.get_full_path())


def _report(request: SignedInRequest, code: str) -> HttpResponse:
    """上报 where the script has saved every row: many institutions report at the same moment."""
    try:
        report_own(code=code, version=number_of(request.POST.get("version", "")), by=request.actor)
    except Filing.DoesNotExist as error:
        raise Http404 from error
    except ReviewRefused as refusal:
        messages.error(request, str(refusal))
    return redirect(request.get_full_path())


def _keep(request: SignedInRequest, desk: DemandPage) -> Refused:
    """What is typed on the page is saved before anything else is done; the script has saved it by then."""
    rows = rows_in_form(request.POST)
    if not rows:
        return Refused({}, request.POST)
    typed = read(items_of(desk.project.code, [row.item for row in rows]), rows)
    saved = save_lines(
        filing=desk.filing,
        project=desk.project,
        entries=typed.entries,
        by=request.actor,
    )
    lost = {
        item: CONFLICT.format(value="空白" if row.planned is None else f"{row.planned:,}")
        for item, row in saved.conflicts.items()
    }
    return Refused(typed.refused | lost, request.POST)


def _act(request: SignedInRequest, desk: DemandPage, act: Act) -> HttpResponse:
    sentence = act(Press(desk, request.POST, tuple(ticked(request)), request.actor))
    if sentence:
        messages.success(request, sentence)
    page = number_of(request.POST.get("next_page"))
    if page is not None:
        params = request.GET.copy()
        params["page"] = str(page)
        return redirect(f"{request.path}?{params.urlencode()}")
    return redirect(request.get_full_path())


def _page(
    request: SignedInRequest,
    desk: DemandPage,
    refused: Refused | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    shown = context_of(
        desk,
        request.GET,
        maintains=request.user.has(Permission.MAINTAIN),
        refused=refused,
    )
    shown["may_report"] = shown["may_change"] and request.user.has(Permission.REPORT)
    return render(request, "reporting/demand_edit.html", shown, status=status)
