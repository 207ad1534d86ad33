"""医疗机构撤回处理 for the tier above, 申请撤回 for the filer (S3-27…29)."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import fills, requires
from apps.accounts.pages.requests import SignedInRequest
from apps.review.domain.filters import WithdrawalFilter
from apps.review.domain.labels import status_text, status_tone
from apps.review.domain.offers import Standing, standing_of
from apps.review.domain.reads import requests_of
from apps.review.domain.refusals import ReviewRefused
from apps.review.domain.why.possible import asking_refusal
from apps.review.domain.withdrawals.acts import ask_withdrawal, grant_withdrawal, refuse_withdrawal
from apps.review.models import RequestState, WithdrawalRequest
from apps.review.models.statuses import Action
from apps.review.pages.desks import desk_of, tabs_of
from apps.review.pages.forms import ActForm
from apps.review.pages.outside import explains_chain
from apps.review.pages.tables import WithdrawalTable
from apps.ui.lists import render_list

CONFLICT = 409


class AskForm(forms.Form):
    """申请撤回."""

    reason = forms.CharField(
        label="申请原因",
        max_length=300,
        error_messages={"required": "请填写申请撤回的原因。"},
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        help_text="说明需要修改什么、为什么；上级据此决定是否同意。",
    )


class AnswerForm(forms.Form):
    """驳回 of a withdrawal request."""

    answer = forms.CharField(
        label="驳回原因",
        max_length=300,
        error_messages={"required": "请填写驳回的原因。"},
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 300}),
        help_text="申请单位能看到。",
    )


@requires(Permission.REVIEW)
@require_GET
@explains_chain
def withdrawal_list(request: SignedInRequest, code: str) -> HttpResponse:
    """What the units directly below have asked; open ones first."""
    desk = desk_of(request, code)
    rows = WithdrawalRequest.objects.all().to_reviewer(desk.own)
    return render_list(
        request,
        "review/withdrawal_list.html",
        table_class=WithdrawalTable,
        filterset_class=WithdrawalFilter,
        queryset=rows.select_related("filing__organization").order_by("closed_at", "-asked_at"),
        table_kwargs={"code": code},
        context={
            "project": desk.project,
            "own": desk.own,
            "tabs": tabs_of(request, desk, "review:withdrawal_list"),
        },
    )


@requires(Permission.REVIEW)
def withdrawal_decide(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """同意 gives the report back until a deadline, 驳回 says why not."""
    asked = _asked_or_404(request, code, pk)
    standing = standing_of(asked.filing.project, asked.filing, request.actor, at=timezone.now())
    grants = request.POST.get("decision") == "grant"
    data = request.POST if request.method == "POST" else None
    grant = ActForm(
        data if grants else None,
        action=Action.GRANT,
        needs_reason=False,
        version=asked.filing.version,
        deadline=standing.deadline,
    )
    answer = AnswerForm(None if grants else data)
    refused: ReviewRefused | None = None
    if data is not None and (grant if grants else answer).is_valid():
        try:
            return _decided(request, asked, grant if grants else answer)
        except ReviewRefused as error:
            refused = error
    shown = _decision(asked, standing, grant, answer, refused)
    status = CONFLICT if refused else 200
    return render(request, "review/withdrawal_decide.html", shown, status=status)


def _asked_or_404(request: SignedInRequest, code: str, pk: int) -> WithdrawalRequest:
    """A request to the person's own unit."""
    user: Any = request.user
    rows = WithdrawalRequest.objects.select_related("filing__organization", "filing__project")
    asked: WithdrawalRequest = get_object_or_404(rows, pk=pk, filing__project__code=code)
    if not rows.filter(pk=pk, filing__parent__organization_id=user.organization_id).exists():
        raise Http404
    return asked


def _decided(
    request: SignedInRequest, asked: WithdrawalRequest, form: ActForm | AnswerForm
) -> HttpResponse:
    """Raises a `ReviewRefused`."""
    by: Any = request.actor
    name = asked.filing.organization.name
    if isinstance(form, ActForm):
        grant_withdrawal(asked, by=by, deadline=form.deadline)
        messages.success(request, f"已同意{name}的撤回申请，对方可以修改后重新上报。")
    else:
        refuse_withdrawal(asked, by=by, answer=form.cleaned_data["answer"])
        messages.success(request, f"已驳回{name}的撤回申请。")
    return redirect("review:withdrawal_list", code=asked.filing.project.code)


def _decision(
    asked: WithdrawalRequest,
    standing: Standing,
    grant: ActForm,
    answer: AnswerForm,
    refused: ReviewRefused | None,
) -> dict[str, Any]:
    filing = asked.filing
    return {
        "asked": asked,
        "filing": filing,
        "project": filing.project,
        "status": {"text": status_text(filing), "tone": status_tone(filing)},
        "is_open": asked.outcome == RequestState.OPEN,
        "may_grant": standing.may(Action.GRANT),
        "grant": grant,
        "answer": answer,
        "earlier": [earlier for earlier in requests_of(filing) if earlier.pk != asked.pk],
        "may_decide": False,
        "refused": refused,
    }


@fills
@requires(Permission.REPORT)
def withdrawal_ask(request: SignedInRequest, code: str) -> HttpResponse:
    """The filer's own page: ask with a reason, see what became of it and of earlier ones."""
    desk = desk_of(request, code)
    form = AskForm(request.POST if request.method == "POST" else None)
    refused: ReviewRefused | None = None
    if form.is_valid():
        try:
            ask_withdrawal(desk.own, by=request.actor, reason=form.cleaned_data["reason"])
        except ReviewRefused as error:
            refused = error
        else:
            messages.success(request, "已提交撤回申请，请等待上级处理。")
            return redirect("review:withdrawal_ask", code=code)
    standing = standing_of(desk.project, desk.own, request.actor, at=timezone.now())
    shown = {
        "project": desk.project,
        "own": desk.own,
        "status": {"text": status_text(desk.own), "tone": status_tone(desk.own)},
        "why_not": asking_refusal(standing.situation, desk.project),
        "requests": requests_of(desk.own),
        "may_decide": False,
        "form": form,
        "refused": refused,
    }
    status = CONFLICT if refused else 200
    return render(request, "review/withdrawal_ask.html", shown, status=status)
