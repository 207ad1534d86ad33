"""A frozen selection: what will happen to whom, then carried out once (S0-19)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.review.domain.checks import default_deadline
from apps.review.domain.effects import batch_effect
from apps.review.domain.kinds import kind_of
from apps.review.domain.locks import read_branch
from apps.review.domain.machine import TRANSITIONS
from apps.review.domain.refusals import ReviewRefused, SelectionUsed
from apps.review.domain.selecting import carry_out
from apps.review.models import Filing, Selection
from apps.review.models.statuses import Action, Status
from apps.review.pages.desks import turn_rail
from apps.review.pages.forms import ActForm, checks_sheet

LISTED = 50


@requires(Permission.REVIEW)
def selection_detail(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    selection = get_object_or_404(
        Selection.objects.select_related("project"),
        pk=pk,
        project__code=code,
        chosen_by=request.user,
    )
    turn_rail(request, selection.project.kind)
    filings = _filings(selection)
    form = _form(request, selection, filings)
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            return _carried_out(request, selection, form)
        except ReviewRefused as error:
            refused = error
    status = 409 if refused else 200
    return render(
        request,
        "review/selection_detail.html",
        _shown(selection, filings, form, refused),
        status=status,
    )


def _filings(selection: Selection) -> list[Filing]:
    rows = Filing.objects.filter(pk__in=selection.filing_ids).with_organization()
    return list(rows.select_related("project").order_by("path"))


def _form(request: SignedInRequest, selection: Selection, filings: list[Filing]) -> ActForm:
    action = Action(selection.action)
    deadline = None
    if TRANSITIONS[action].target == Status.RETURNED and filings:
        branch = read_branch(filings[:1])
        deadline = default_deadline(selection.project, branch, timezone.now())
    data = request.POST if request.method == "POST" else None
    needs_reason = TRANSITIONS[action].reason_required
    return ActForm(
        data,
        action=action,
        needs_reason=needs_reason,
        deadline=deadline,
        checks_sheet=any(checks_sheet(filing) for filing in filings[:1]),
        proves=selection.project.asks_proof,
    )


def _carried_out(request: SignedInRequest, selection: Selection, form: ActForm) -> HttpResponse:
    """Back to the list as it was filtered. Raises a `ReviewRefused`."""
    back = selection.back_to or reverse("review:filing_list", args=[selection.project.code])
    try:
        moved = carry_out(
            selection,
            by=request.actor,
            reason=form.reason,
            deadline=form.deadline,
            closes_at=form.closes_at,
            checked=bool(form.ticks),
        )
    except SelectionUsed as used:
        messages.info(request, str(used))
        return redirect(back)
    messages.success(request, f"已{Action(selection.action).label} {len(moved):,} 家。")
    return redirect(back)


def _shown(
    selection: Selection, filings: list[Filing], form: ActForm, refused: ReviewRefused | None
) -> dict[str, Any]:
    action = Action(selection.action)
    seen = dict(zip(selection.filing_ids, selection.versions, strict=True))
    listed = filings[:LISTED]
    figures = kind_of(selection.project).figures(listed) if listed else {}
    return {
        "selection": selection,
        "project": selection.project,
        "action": action,
        "effect": batch_effect(action, len(filings)),
        "rows": [(filing, figures.get(filing.pk, [])) for filing in listed],
        "labels": [label for label, _ in max(figures.values(), key=len, default=[])],
        "more": max(0, len(filings) - LISTED),
        "moved": [filing for filing in filings if filing.version != seen[filing.pk]],
        "form": form,
        "refused": refused,
        "confirm": TRANSITIONS[action].act.confirm or action.label,
        "is_final": TRANSITIONS[action].act.is_final,
    }
