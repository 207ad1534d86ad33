"""The windows of a project: shown to everybody who sees it, set by the alliance, in every phase but the last."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.organizations.models import Tier
from apps.projects.domain.presentation import may_change_windows, may_extend
from apps.projects.domain.publication import tiers_of
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.domain.windows.acts import ClosesAtOnce, set_switch, set_windows
from apps.projects.domain.windows.extending import Cause, extend, extension_of
from apps.projects.domain.windows.fitting import ProvincesApart, changed_windows
from apps.projects.domain.windows.standing import national_windows, tier_windows
from apps.projects.models import Project, ProvinceWindow, SupplementWindow
from apps.projects.pages.extend_form import ExtendForm
from apps.projects.pages.lookups import project_or_404
from apps.projects.pages.refusing import carry_out
from apps.projects.pages.windows_form import (
    WindowForm,
    are_in_order,
    is_fitting,
    is_known,
    window_forms,
)
from apps.ui.pages.versions import seen_of


@requires(Permission.QUERY)
def window_list(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    manages = request.user.has(Permission.MANAGE)
    supplements = SupplementWindow.objects.filter(project=project).select_related("organization")
    shown = {
        "project": project,
        "rows": tier_windows(project, timezone.now()),
        "supplements": supplements.order_by("-opens_at", "pk")[:50],
        "manages": manages,
        "may_change": manages and may_change_windows(project),
        "may_extend": manages and may_extend(project),
    }
    return render(request, "projects/window_list.html", shown)


@requires(Permission.MANAGE)
def window_edit(request: SignedInRequest, code: str) -> HttpResponse:
    project = project_or_404(code)
    forms = _forms(project, request.POST or None)
    shown = {"project": project, "forms": forms, "may_change": may_change_windows(project)}
    if request.method == "POST" and _are_valid(project, forms):
        try:
            _save(request, project, forms)
        except ClosesAtOnce as refusal:
            shown |= {"asked": str(refusal), "fits": is_fitting(request)}
        except ProvincesApart as refusal:
            shown["apart"] = str(refusal)
        except ProjectRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "时间窗口已保存。")
            return redirect("projects:window_list", code=code)
    return render(request, "projects/window_edit.html", shown)


def _are_valid(project: Project, forms: list[WindowForm]) -> bool:
    """All of them say what is wrong, each by itself and beside the others."""
    if not all([form.is_valid() for form in forms]):  # noqa: C419
        return False
    wanted = {form.tier: form.window for form in forms if form.window}
    return are_in_order(forms, changed_windows(project, wanted), [form.tier for form in forms])


def _save(request: SignedInRequest, project: Project, forms: list[WindowForm]) -> None:
    """Raises a `ProjectRefused`."""
    set_windows(
        project=project,
        windows={form.tier: form.window for form in forms if form.window},
        by=request.actor,
        seen=seen_of(*forms, again=_forms),
        closes_knowingly=is_known(request),
        fits_provinces=is_fitting(request),
    )


def _forms(project: Project, data: Any = None) -> list[WindowForm]:
    tiers = [*tiers_of(project), Tier.ALLIANCE]
    trail = {"project_code": project.code, "verb": "设置时间"}
    return window_forms(tiers, national_windows(project), data=data, trail=trail)


@requires(Permission.MANAGE)
@require_POST
def window_switch(request: SignedInRequest, code: str, tier: str) -> HttpResponse:
    project = project_or_404(code)
    if tier not in Tier.values:
        raise Http404
    is_on = request.POST.get("is_on") == "1"
    back = reverse("projects:window_list", args=[code])

    def switch() -> None:
        set_switch(
            project=project, tier=Tier(tier), is_on=is_on, by=request.actor, closes_knowingly=False
        )

    try:
        done = f"已{'打开' if is_on else '关闭'}{Tier(tier).label}的开关。"
        return carry_out(request, switch, done, back, but=ClosesAtOnce)
    except ClosesAtOnce as refusal:
        messages.warning(request, str(refusal))
        return redirect("projects:window_edit", code=code)


@requires(Permission.MANAGE)
def window_extend(request: SignedInRequest, code: str) -> HttpResponse:
    """What would move is shown first; the second button does it."""
    project = project_or_404(code)
    form = _extend_form(project, request.POST or None)
    made = None
    if request.method == "POST" and form.is_valid():
        try:
            made = extension_of(project, **form.times, at=timezone.now())
            if "extend" in request.POST:
                seen = seen_of(form, again=lambda row: [_extend_form(row)])
                extend(project=project, **form.times, **form.reasons, by=request.actor, seen=seen)
                messages.success(request, f"已顺延：{made.words}。已通知本项目的全部单位。")
                return redirect("projects:window_list", code=code)
        except ProjectRefused as refusal:
            form.add_error(None, str(refusal))
    shown = {
        "project": project,
        "form": form,
        "made": made,
        "rows": tier_windows(project, timezone.now()),
        "may_extend": may_extend(project),
    }
    return render(request, "projects/window_extend.html", shown)


def _extend_form(project: Project, data: Any = None) -> ExtendForm:
    rows = ProvinceWindow.objects.filter(project=project).order_by("province__path")
    names = dict(rows.values_list("province_id", "province__name"))
    trail = {"project_code": project.code, "verb__in": ["设置时间", *Cause.labels]}
    return ExtendForm(data, windows=national_windows(project), provinces=names, trail=trail)
