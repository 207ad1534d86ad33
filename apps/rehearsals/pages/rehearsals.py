"""演练: made of a published project, its calendar, its seats, thrown away. The alliance's pages."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.jobs.services import enqueue
from apps.projects.models import Project
from apps.projects.pages.moments_form import MomentField
from apps.rehearsals.domain.making import (
    BEYOND,
    discard_rehearsal,
    is_within,
    run_forward,
    usual_start,
    why_not,
)
from apps.rehearsals.domain.refusals import RehearsalRefused
from apps.rehearsals.domain.seats import SHOWN, may_enter, seats
from apps.rehearsals.models import Rehearsal
from apps.rehearsals.pages.inside import entrance
from apps.rehearsals.tasks import MAKE
from apps.scope.sandbox import real_now

LIST, DETAIL = "rehearsals:rehearsal_list", "rehearsals:rehearsal_detail"


class RehearsalForm(forms.Form):
    starts_at = MomentField(
        label="从哪一刻开始", help_text="演练日历从这一刻走起；虚拟上报都在这之前。"
    )
    seed = forms.IntegerField(
        label="随机种子",
        min_value=1,
        max_value=999_999,
        initial=1,
        help_text="同一个数字生成同样的虚拟上报。",
    )

    def __init__(self, data: Any, *, project: Project, initial: Any) -> None:
        super().__init__(data, initial=initial)
        self.project = project

    def clean_starts_at(self) -> datetime:
        """The job asks again."""
        starts_at: datetime = self.cleaned_data["starts_at"]
        if not is_within(self.project, starts_at):
            raise forms.ValidationError(BEYOND)
        return starts_at


class ClockForm(forms.Form):
    to = MomentField(label="推进到")


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
@require_GET
def rehearsal_list(request: SignedInRequest) -> HttpResponse:
    """The few that there may be, with their calendars."""
    user: Any = request.user
    held = [each for each in Rehearsal.objects.order_by("pk") if may_enter(user, each)]
    rows = [(each, real_now() + each.ahead) for each in held]
    return render(request, "rehearsals/rehearsal_list.html", {"rows": rows})


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
def rehearsal_create(request: SignedInRequest, code: str) -> HttpResponse:
    project = get_object_or_404(Project.objects.all(), code=code)
    refusal = why_not(project)
    initial = {} if refusal else {"starts_at": usual_start(project)}
    form = RehearsalForm(request.POST or None, project=project, initial=initial)
    if request.method == "POST" and not refusal and form.is_valid():
        job = enqueue(
            MAKE,
            by=request.actor,
            title=f"制作“{project.name}”的演练",
            back_url=request.get_full_path(),
            project_id=project.pk,
            starts_at=form.cleaned_data["starts_at"].isoformat(),
            seed=form.cleaned_data["seed"],
        )
        return redirect(job)
    shown = {"project": project, "form": form, "refusal": refusal, "held": _held(request, project)}
    return render(request, "rehearsals/rehearsal_create.html", shown)


def _held(request: SignedInRequest, project: Project) -> Rehearsal | None:
    """The rehearsal that the project has, where this person may enter it."""
    user: Any = request.user
    held = Rehearsal.objects.filter(project_id=project.pk).first()
    return held if held is not None and may_enter(user, held) else None


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
@require_GET
def rehearsal_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    return _detail(request, _own(request, pk), ClockForm())


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
@require_POST
def rehearsal_clock(request: SignedInRequest, pk: int) -> HttpResponse:
    held = _own(request, pk)
    form = ClockForm(request.POST)
    if form.is_valid():
        try:
            told = run_forward(rehearsal=held, to=form.cleaned_data["to"], by=request.actor)
        except RehearsalRefused as refusal:
            form.add_error("to", str(refusal))
        else:
            messages.success(request, f"演练日历已推进，期间在演练中提醒了 {told:,} 家单位。")
            return redirect(DETAIL, pk=pk)
    return _detail(request, held, form)


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
@require_POST
def rehearsal_discard(request: SignedInRequest, pk: int) -> HttpResponse:
    held = _own(request, pk)
    discard_rehearsal(rehearsal=held, by=request.actor)
    messages.success(request, f"“{held.project_name}”的演练已作废，数据和文件全部删除。")
    return redirect(LIST)


def _own(request: SignedInRequest, pk: int) -> Rehearsal:
    user: Any = request.user
    held: Rehearsal = get_object_or_404(Rehearsal, pk=pk)
    if not may_enter(user, held):
        return get_object_or_404(Rehearsal.objects.none())  # type: ignore[no-any-return]
    return held


def _detail(request: SignedInRequest, held: Rehearsal, form: ClockForm) -> HttpResponse:
    text = request.GET.get("text", "").strip()[:50]
    found = seats(held, text)
    shown = {
        "rehearsal": held,
        "now": real_now() + held.ahead,
        "form": form,
        "text": text,
        "seats": [(account, entrance(held.pk, account.pk)) for account in found],
        "is_cut": len(found) == SHOWN,
        "shown": SHOWN,
    }
    return render(request, "rehearsals/rehearsal_detail.html", shown)
