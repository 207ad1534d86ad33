"""A frozen selection: what will happen to whom, then carried out once (S0-19)."""

from collections.abc import Collection, Mapping
from dataclasses import replace
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
from apps.review.domain.filings.marks import (
    GRAVE,
    HAS_ODD,
    ODD,
    Doubts,
    doubts_in,
    marked,
    marks_of,
)
from apps.review.domain.kinds import Mark, kind_of, marking_of
from apps.review.domain.locks import read_branch
from apps.review.domain.machine import TRANSITIONS
from apps.review.domain.reads import asking_back, moved_in_words
from apps.review.domain.refusals import ReviewRefused, SelectionUsed
from apps.review.domain.returning import packages_over
from apps.review.domain.returns.reasons import recent_reasons
from apps.review.domain.selecting import carry_out
from apps.review.models import Filing, Selection
from apps.review.models.statuses import Action, Status
from apps.review.pages.desks import turn_rail
from apps.review.pages.forms import ActForm, checks_sheet
from apps.review.pages.tables import odd_cell

LISTED, READ = 50, 500
ONLY_CLEAN = "only_clean"


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
    doubts, marks = _doubts(selection, filings)
    form = _form(request, selection, filings, doubts)
    left_out = doubts.ids if ONLY_CLEAN in request.POST else frozenset()
    refused = None
    if request.method == "POST" and form.is_valid():
        try:
            return _carried_out(request, selection, form, left_out)
        except ReviewRefused as error:
            refused = error
    status = 409 if refused else 200
    return render(
        request,
        "review/selection_detail.html",
        _shown(selection, filings, form, refused, marks)
        | _standing_out(selection, filings, doubts),
        status=status,
    )


def _filings(selection: Selection) -> list[Filing]:
    rows = Filing.objects.among(selection.filing_ids).with_organization()
    chosen = list(marked(rows, selection.project.kind).order_by("path"))
    for filing in chosen:
        filing.project = selection.project
    return _oddest_first(chosen)


def _doubts(selection: Selection, filings: list[Filing]) -> tuple[Doubts, Mapping[int, Mark]]:
    """Documents of more than `READ` filings are not compared: the page is to answer at once."""
    marks = marks_of(filings[:READ])
    if len(filings) > READ:
        marks = {pk: replace(mark, document=None) for pk, mark in marks.items()}
    law = TRANSITIONS[Action(selection.action)]
    if "complete" in law.checks and filings:
        problems = kind_of(selection.project).incomplete(filings)
        return Doubts(unready=tuple(f for f in filings if f.pk in problems)), marks
    if law.target != Status.APPROVED:
        return Doubts(), marks
    return doubts_in(filings, marks, asking_back(selection.project, filings)), marks


def _form(
    request: SignedInRequest, selection: Selection, filings: list[Filing], doubts: Doubts
) -> ActForm:
    action = Action(selection.action)
    deadline = None
    if TRANSITIONS[action].target == Status.RETURNED and filings:
        branch = read_branch(filings[:1])
        deadline = default_deadline(selection.project, branch, timezone.now())
    data = request.POST if request.method == "POST" else None
    needs_reason = TRANSITIONS[action].reason_required
    lifts = TRANSITIONS[action].act.lifts
    way = packages_over(filings, request.actor) if lifts else []
    return ActForm(
        data,
        action=action,
        needs_reason=needs_reason,
        deadline=deadline,
        checks_sheet=any(checks_sheet(filing) for filing in filings),
        proves=selection.project.asks_proof,
        is_asked_back=bool(doubts.asking) and ONLY_CLEAN not in request.POST,
        recent=recent_reasons(filings[0].parent_id) if filings and needs_reason else (),
        way=way,
        last=default_deadline(selection.project, read_branch(way[:1]), timezone.now()),
    )


def _carried_out(
    request: SignedInRequest, selection: Selection, form: ActForm, left_out: Collection[int]
) -> HttpResponse:
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
            without=left_out,
            **(form.told_of_tiers if form.way else {}),
        )
    except SelectionUsed as used:
        messages.info(request, str(used))
        return redirect(back)
    stayed = f"另有 {len(left_out):,} 家没有处理。" if left_out else ""
    messages.success(request, f"已{Action(selection.action).label} {len(moved):,} 家。{stayed}")
    return redirect(back)


def _shown(
    selection: Selection,
    filings: list[Filing],
    form: ActForm,
    refused: ReviewRefused | None,
    marks: Mapping[int, Mark],
) -> dict[str, Any]:
    action = Action(selection.action)
    listed = filings[:LISTED]
    figures = kind_of(selection.project).figures(listed) if listed else {}
    return {
        "selection": selection,
        "project": selection.project,
        "action": action,
        "effect": batch_effect(action, len(filings)),
        "rows": [
            (filing, figures.get(filing.pk, []), _odd_cell(filing, marks)) for filing in listed
        ],
        "labels": [label for label, _ in max(figures.values(), key=len, default=[])],
        "more": max(0, len(filings) - LISTED),
        "form": form,
        "refused": refused,
        "confirm": TRANSITIONS[action].act.confirm or action.label,
        "is_final": TRANSITIONS[action].act.is_final,
    }


def _oddest_first(filings: list[Filing]) -> list[Filing]:
    return sorted(
        filings, key=lambda f: (-(getattr(f, GRAVE, None) or 0), -(getattr(f, ODD, None) or 0))
    )


def _odd_cell(filing: Filing, marks: Mapping[int, Mark]) -> tuple[str, str]:
    """How many lines are odd, and the worst in words."""
    worst = marks[filing.pk].worst if filing.pk in marks else ""
    return odd_cell(getattr(filing, ODD, None), getattr(filing, GRAVE, None)), worst


def _standing_out(selection: Selection, filings: list[Filing], doubts: Doubts) -> dict[str, Any]:
    """Who moved since the selection was frozen, which are odd, and how many are left without these."""
    seen = dict(zip(selection.filing_ids, selection.versions, strict=True))
    url = reverse("review:filing_list", args=[selection.project.code])
    return {
        "doubts": doubts,
        "moved": moved_in_words([f for f in filings if f.version != seen[f.pk]]),
        "odd_url": f"{url}?marks={HAS_ODD}",
        "odd_cells": marking_of(selection.project.kind) is not None,
        "clean": len(filings) - len(doubts.ids),
    }
