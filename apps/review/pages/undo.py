"""撤销办结 and 撤销发布: what stands in the way, the request, and carrying it out once somebody else approved it."""

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render

from apps.accounts.domain.approvals import ApprovalRefused
from apps.accounts.models import Approval
from apps.accounts.models.roles import Permission, Role
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.projects.models import Project
from apps.review.domain.refusals import ReviewRefused
from apps.review.domain.rounds.undoing import (
    Undoing,
    ask_undo,
    obstacles_to,
    standing_request,
    undo,
)
from apps.review.pages.desks import project_of
from apps.review.pages.projects import followed, is_large, proved
from apps.review.tasks import UNDO


class UndoForm(forms.Form):
    """Why, for whoever approves it and for the log."""

    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
        help_text="批准人和项目里的全部单位都能看到。",
    )


@requires(Permission.MANAGE, roles=(Role.ALLIANCE,))
def project_undo(request: SignedInRequest, code: str, what: str) -> HttpResponse:
    """POST asks with a reason; once approved, POST carries it out."""
    if what not in Undoing.values:
        raise Http404
    project, undoing = project_of(request, code), Undoing(what)
    asked = standing_request(project, undoing)
    form = UndoForm(request.POST if request.method == "POST" and asked is None else None)
    refused: Exception | None = None
    try:
        if asked is not None and asked.is_ready and request.method == "POST":
            return _carried_out(request, project, undoing)
        if asked is None and form.is_valid():
            return _asked(request, project, undoing, form.cleaned_data["reason"])
    except (ReviewRefused, ApprovalRefused) as error:
        refused = error
    shown = {
        "project": project,
        "what": undoing,
        "obstacles": obstacles_to(project, undoing),
        "asked": asked,
        "is_own": _is_own(asked, request),
        "form": form,
        "refused": refused,
    }
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return render(request, "review/project_undo.html", shown, status=status)


def _is_own(asked: Approval | None, request: SignedInRequest) -> bool:
    return asked is not None and asked.asked_by_id == request.user.pk


def _asked(request: SignedInRequest, project: Project, what: Undoing, reason: str) -> HttpResponse:
    ask_undo(project, what, reason=reason, by=request.actor)
    messages.success(request, f"已申请{what.label}，由系统管理员或安全管理员批准后回到这一页办理。")
    return redirect("review:project_undo", code=project.code, what=what.value)


def _carried_out(request: SignedInRequest, project: Project, what: Undoing) -> HttpResponse:
    """At once, or as a job where many filings go. Raises a `ReviewRefused`."""
    if what == Undoing.PUBLICATION and is_large(project):
        more: dict[str, Any] = {"what": what.value, **proved(request, project)}
        return followed(request, project, UNDO, what.label, **more)
    undo(project, what, by=request.actor)
    messages.success(request, f"项目“{project.name}”已{what.label}，全部单位已收到消息。")
    return redirect("projects:project_detail", code=project.code)
