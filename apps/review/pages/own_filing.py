"""确认提交: what a bureau's package holds and who is missing from it; and taking it back (S0-24, S0-25, S0-27)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.review.domain.checklist import checklist_of
from apps.review.domain.gates import gate_reports
from apps.review.domain.headings import (
    after_submitting,
    confirm_title,
    review_title,
    submit_words,
    upper_label,
)
from apps.review.domain.kinds import kind_of
from apps.review.domain.performing import perform
from apps.review.domain.reads import progress_of
from apps.review.domain.refusals import ReviewRefused
from apps.review.domain.submitting import submit_package
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action
from apps.review.pages.bureau_page import BureauPage, overview, package_in_words
from apps.review.pages.desks import desk_of
from apps.review.pages.outside import explains_chain
from apps.review.pages.unsettled import who_is_missing
from apps.ui.numbers import number_of

PER_PAGE = 50
CONFLICT = 409


@requires(Permission.REVIEW, Permission.REPORT)
@explains_chain
def filing_confirm(request: SignedInRequest, code: str) -> HttpResponse:
    desk = desk_of(request, code)
    if desk.own.is_root:
        return redirect("review:project_conclude", code=code)
    refused = None
    if request.method == "POST":
        try:
            submit_package(
                desk.own,
                project=desk.project,
                by=request.actor,
                versions=_versions(request, desk),
                confirmed="confirmed" in request.POST,
                losing=accepted_losses(request),
                reason=_reason(desk),
            )
        except ReviewRefused as error:
            refused = error
        else:
            messages.success(request, f"已提交{upper_label(desk.own.reviewer_tier)}。")
            return redirect("review:filing_list", code=code)
    return _page(request, desk, refused)


def open_ends(request: SignedInRequest, filing: Filing, *, at: int = 0) -> dict[str, Any]:
    """What is open in a package and who is missing from it, to be confirmed before 提交 by whoever submits it.

    `at`: the filing's id, where it isn't the reader's own.
    """
    gate = gate_reports(filing.project, [filing])[filing.pk]
    return {
        "gate": gate,
        "checklist": checklist_of(filing.project, filing.path, at=at),
        **who_is_missing(request, gate, PER_PAGE),
    }


def accepted_losses(request: SignedInRequest) -> int:
    """How many reported institutions the person said may be left out."""
    return number_of(request.POST.get("losing", "")) or 0


def _versions(request: SignedInRequest, desk: BureauPage) -> dict[int, int] | None:
    seen = number_of(request.POST.get("version", ""))
    return None if seen is None else {desk.own.pk: seen}


def _reason(desk: BureauPage) -> str:
    """零报告 is marked as one in the record."""
    return "" if progress_of(desk.own).approved else "零报告"


def _page(
    request: SignedInRequest, desk: BureauPage, refused: ReviewRefused | None
) -> HttpResponse:
    view = overview(desk, [], request.actor, at=timezone.now())
    kind, above = desk.project.kind, desk.own.reviewer_tier
    shown: dict[str, Any] = {
        "project": desk.project,
        "own": desk.own,
        "title": review_title(kind, desk.own.tier),
        "heading": confirm_title(kind),
        "submit_words": submit_words(kind, above),
        "afterwards": after_submitting(desk.project.bureau_withdrawal, above),
        "upper": upper_label(above),
        "view": view,
        **open_ends(request, desk.own),
        "detail": kind_of(desk.own).detail(desk.own, request.GET.dict()),
        "package": package_in_words(desk.own, view.progress.approved),
        "is_empty": not view.progress.approved,
        "is_submitted": desk.own.state in FROZEN,
        "until": view.timing.closes_at(timezone.now()),
        "may_submit": Action.SUBMIT in view.own_actions,
        "refused": refused,
    }
    return render(request, "review/filing_confirm.html", shown, status=CONFLICT if refused else 200)


@requires(Permission.REVIEW, Permission.REPORT)
@require_POST
@explains_chain
def filing_withdraw(request: SignedInRequest, code: str) -> HttpResponse:
    """撤回 of the own package, while the tier above has not acted on it (S0-27)."""
    desk = desk_of(request, code)
    try:
        perform(
            [desk.own],
            Action.WITHDRAW,
            by=request.actor,
            versions=_versions(request, desk),
        )
    except ReviewRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已撤回，可以继续审核，完成后需要重新提交。")
    return redirect("review:filing_list", code=code)
