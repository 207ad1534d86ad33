"""机构变更: asked for by an institution, decided above, undone; acting in the name of what merged."""

from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.domain.handovers.standing_in import merged_units, place_of, stand_in
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.administration.domain.changes.asking import (
    ChangeRefused,
    ask_change,
    require_asker,
    require_office,
    withdraw_change,
)
from apps.administration.domain.changes.deciding import decide_change, undo_change
from apps.administration.domain.changes.filters import ChangeFilter
from apps.administration.domain.changes.preview import preview_of
from apps.administration.domain.changes.standing import note_standing_in
from apps.administration.domain.changes.undoing import obstacles_to_undo
from apps.administration.models import ChangeKind, ChangeOutcome, UnitChange
from apps.administration.pages.changes.form import EFFECTS, FORMS, WordForm
from apps.organizations.domain.units import UnitRefused
from apps.organizations.models import Organization
from apps.review.domain.refusals import ReviewRefused
from apps.ui.lists import render_list
from apps.ui.pages.kept_files import kept_file
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn
from apps.ui.tones import pill

WRAP = {"td": {"class": "wrap"}}


class ChangeTable(ListTable):
    """One row per request; what waits comes first."""

    caption = "机构变更"
    empty_title = "没有机构变更"
    empty_hint = "更名、信息变更、停业、合并的申请和办理结果会列在这里。"

    name_then = CellColumn(
        "administration/_change_unit.html", verbose_name="医疗机构", orderable=False
    )
    kind = Column(verbose_name="事项", orderable=False)
    content = CellColumn(
        "administration/_change_content.html", verbose_name="变更内容", accessor="pk"
    )
    effective_on = Column(verbose_name="生效日期", orderable=False)
    state = Column(verbose_name="状态", accessor="outcome", empty_values=(), orderable=False)
    asked_by_name = Column(verbose_name="申请人", attrs=WRAP, orderable=False)
    asked_at = MomentColumn(verbose_name="申请时间", orderable=False)
    decided_by_name = Column(verbose_name="办理人", attrs=WRAP, orderable=False)
    actions = CellColumn("administration/_change_actions.html", verbose_name="操作", accessor="pk")

    def render_state(self, record: UnitChange) -> str:
        return pill(*record.state)

    def render_effective_on(self, record: UnitChange) -> str:
        return f"{record.effective_on:%Y-%m-%d}"


UNITS = (Role.ALLIANCE, Role.PROVINCE, Role.CITY, Role.COUNTY, Role.INSTITUTION)
LIST, DETAIL = "administration:change_list", "administration:change_detail"
LATEST = F("decided_at").desc(nulls_first=True)
"""What waits comes first."""
REFUSED = (ChangeRefused, UnitRefused, ReviewRefused)
CONFLICT = 409


@requires(Permission.QUERY, roles=UNITS)
@require_GET
def change_list(request: SignedInRequest) -> HttpResponse:
    unit = request.user.organization
    is_institution = request.user.role == Role.INSTITUTION
    return render_list(
        request,
        "administration/change_list.html",
        table_class=ChangeTable,
        filterset_class=ChangeFilter,
        queryset=_changes().order_by(LATEST, "-asked_at", "-pk"),
        context={
            "unit": unit,
            "kinds": list(ChangeKind) if is_institution and unit and unit.is_active else (),
            "merged": merged_units(request.user) if is_institution else (),
        },
    )


def _changes() -> Any:
    return UnitChange.objects.all().with_units()


@requires(Permission.QUERY, roles=UNITS)
def change_ask(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """By the institution, or by a bureau above it in its stead."""
    unit = get_object_or_404(Organization.objects.institutions(), pk=pk)
    if kind not in ChangeKind.values:
        raise Http404
    wanted = ChangeKind(kind)
    data = (request.POST, request.FILES) if request.method == "POST" else ()
    form = FORMS[wanted](*data, kind=wanted, unit=unit)
    status = 200
    if data and form.is_valid():
        try:
            made = ask_change(by=request.actor, unit_id=pk, wanted=form.wanted)
        except REFUSED as refusal:
            form.add_error(_field(form, refusal), str(refusal))
            status = CONFLICT
        else:
            messages.success(request, f"已申请{made.get_kind_display()}，由上级医保部门办理。")
            return redirect(DETAIL, pk=made.pk)
    shown = {"unit": unit, "kind": wanted, "form": form, "effect": EFFECTS[wanted]}
    shown["tabs"] = [
        {
            "label": label,
            "href": reverse("administration:change_ask", args=[pk, value]),
            "current": value == wanted,
        }
        for value, label in ChangeKind.choices
    ]
    shown["hindrance"] = _hindrance(require_asker, request.actor, unit)
    return render(request, "administration/change_ask.html", shown, status=status)


def _field(form: Any, refusal: Exception) -> str | None:
    name = getattr(refusal, "field", "")
    return name if name in form.fields else None


def _hindrance(check: Any, *args: Any) -> str:
    """Why the account may not, in the words of the service that refuses it."""
    try:
        check(*args)
    except ChangeRefused as refused:
        return str(refused)
    return ""


@requires(Permission.QUERY, roles=UNITS)
@require_GET
def change_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(_changes(), pk=pk)
    return _shown(request, change)


def _shown(
    request: SignedInRequest, change: UnitChange, *, refused: str = "", status: int = 200
) -> HttpResponse:
    """With what it would do while it waits, and what stands against undoing it afterwards."""
    actor, is_done = request.actor, change.outcome == ChangeOutcome.APPROVED
    decides = not _hindrance(require_office, actor, change)
    shown = {
        "change": change,
        "refused": refused,
        "decides": decides,
        "preview": None if change.outcome else preview_of(change),
        "may_withdraw": not change.outcome
        and not _hindrance(require_asker, actor, change.organization),
        "may_undo": decides and is_done and ChangeKind(change.kind).ends,
    }
    words = WordForm(initial=request.POST.dict())
    shown |= {"remark": words["remark"], "undo_reason": words["reason"]}
    shown["obstacles"] = obstacles_to_undo(change) if shown["may_undo"] else ()
    return render(request, "administration/change_detail.html", shown, status=status)


@requires(Permission.REVIEW, roles=UNITS)
@require_POST
def change_decide(request: SignedInRequest, pk: int) -> HttpResponse:
    """POST `decision` = approve | refuse, `seen` the stamp of the preview."""
    change = get_object_or_404(_changes(), pk=pk)
    try:
        done = decide_change(
            by=request.actor,
            change_id=pk,
            approve=request.POST.get("decision") == "approve",
            remark=request.POST.get("remark", "")[:300],
            seen=request.POST.get("seen", ""),
        )
    except REFUSED as refusal:
        change.refresh_from_db()
        return _shown(request, change, refused=str(refusal), status=CONFLICT)
    messages.success(request, f"已办理：{done}，{done.state[0]}。")
    return redirect(DETAIL, pk=pk)


@requires(Permission.QUERY, roles=UNITS)
@require_POST
def change_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(_changes(), pk=pk)
    try:
        withdraw_change(by=request.actor, change_id=pk)
    except REFUSED as refusal:
        change.refresh_from_db()
        return _shown(request, change, refused=str(refusal), status=CONFLICT)
    messages.success(request, f"已撤回申请：{change}。")
    return redirect(LIST)


@requires(Permission.REVIEW, roles=UNITS)
@require_POST
def change_undo(request: SignedInRequest, pk: int) -> HttpResponse:
    change = get_object_or_404(_changes(), pk=pk)
    try:
        undo_change(by=request.actor, change_id=pk, reason=request.POST.get("reason", "")[:300])
    except REFUSED as refusal:
        return _shown(request, change, refused=str(refusal), status=CONFLICT)
    messages.success(request, f"已撤销：{change}。")
    return redirect(DETAIL, pk=pk)


@requires(Permission.QUERY, roles=UNITS)
@require_GET
def change_file(request: SignedInRequest, pk: int) -> FileResponse:
    """What the request rests on."""
    change = get_object_or_404(_changes().exclude(file=""), pk=pk)
    return kept_file(change.file, change.file_name)


@requires(Permission.QUERY, roles=(Role.INSTITUTION,))
@require_POST
def stand_in_for(request: SignedInRequest, pk: int) -> HttpResponse:
    """To the pages of a unit that merged into one's own, under its address."""
    home = request.actor
    if not stand_in(request.user, pk):
        raise Http404
    note_standing_in(by=home, unit=request.user.organization)  # type: ignore[arg-type]
    messages.success(request, f"现在以{request.user.organization}的名义办理，办完请返回本机构。")
    return redirect(place_of(pk))
