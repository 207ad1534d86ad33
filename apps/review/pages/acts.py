"""One act on one filing: asked on a page of its own or in a dialog, done once, refused with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.accounts.pages.decorators import requires
from apps.accounts.pages.requests import SignedInRequest
from apps.review.domain.carrying import Instruction
from apps.review.domain.effects import confirm, done, effect, word
from apps.review.domain.kinds import kind_of
from apps.review.domain.machine import TRANSITIONS, action_named
from apps.review.domain.offers import Standing, standing_of
from apps.review.domain.performing import carry
from apps.review.domain.refusals import ReviewRefused
from apps.review.domain.returning import return_through
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.review.pages.buttons import act_url, detail_url, in_words, reasons_for, shut
from apps.review.pages.desks import turn_rail
from apps.review.pages.filings import filing_or_404, shown_figures
from apps.review.pages.forms import ActForm, checks_sheet
from apps.review.pages.neighbours import neighbours_of
from apps.review.pages.own_filing import accepted_losses, open_ends
from apps.ui.numbers import number_of

CONFLICT = 409
MOST_LINES = 5_000


@dataclass(frozen=True, slots=True)
class Case:
    """An act that a person asks for on a filing, as they met it."""

    request: SignedInRequest
    filing: Filing
    act: Action
    standing: Standing
    form: ActForm

    @classmethod
    def of(
        cls, request: SignedInRequest, code: str, pk: int, act: Action, *, through: bool = False
    ) -> "Case":
        """`through`: the act is taken on everything on the way down."""
        filing = filing_or_404(code, pk)
        turn_rail(request, filing.kind)
        actor: Actor = request.actor
        standing = standing_of(filing.project, filing, actor, at=timezone.now())
        offer = standing.offer(act)
        form = ActForm(
            request.POST if request.method == "POST" else None,
            action=act,
            needs_reason=offer.needs_reason if offer else TRANSITIONS[act].reason_required,
            version=filing.version,
            deadline=standing.deadline,
            checks_sheet=checks_sheet(filing),
            proves=filing.project.asks_proof,
            is_asked_back=standing.situation.withdrawal_asked,
            recent=reasons_for(filing, standing),
            named=kind_of(filing).named(filing, lines) if (lines := ticked_lines(request)) else (),
            way=_way(standing, act, through=through),
            last=standing.last,
        )
        return cls(request, filing, act, standing, form)

    @property
    def is_confirmed(self) -> bool:
        return self.request.method == "POST" and self.form.is_valid()

    @property
    def by(self) -> Actor:
        """The person in its own name, or in the place of the lower unit whose act it is."""
        actor: Actor = self.request.actor
        offer = self.standing.offer(self.act)
        unit = offer.stands_in_for if offer else None
        return actor.acting_for(unit, reason=self.form.reason) if unit else actor

    @property
    def told(self) -> Instruction:
        form = self.form
        return Instruction(
            by=self.by,
            reason=form.reason,
            versions=form.versions(self.filing.pk),
            deadline=form.deadline,
            closes_at=form.closes_at,
            sheet_checked=bool(form.ticks),
            confirmed="confirmed" in self.request.POST,
            losing=accepted_losses(self.request),
            lines=self.lines if TRANSITIONS[self.act].act.names_lines else (),
            **(form.told_of_tiers if form.way else {}),
        )

    @property
    def lines(self) -> list[int]:
        """The lines that a return names."""
        return ticked_lines(self.request)

    @property
    def queue(self) -> str:
        return self.request.GET.get("queue", "")

    @property
    def back(self) -> str:
        return detail_url(self.filing.pk, self.filing.project.code, self.queue)


def _way(standing: Standing, act: Action, *, through: bool) -> Sequence[Filing]:
    if through:
        return standing.hops
    return standing.packages if TRANSITIONS[act].act.lifts else ()


def ticked_lines(request: SignedInRequest) -> list[int]:
    named = request.POST.getlist("line")[:MOST_LINES]
    return [line for line in map(number_of, named) if line is not None]


@requires(Permission.REVIEW)
def filing_act(request: SignedInRequest, code: str, pk: int, action: str) -> HttpResponse:
    """GET asks, POST does. An act that is no longer offered is refused by the service, in words."""
    case = Case.of(request, code, pk, _action(action))
    if not case.is_confirmed:
        return _ask(case)
    onward = _onward(case)
    try:
        carry([case.filing], case.act, case.told)
    except ReviewRefused as refused:
        return _ask(case, refused)
    messages.success(request, done(case.act, case.filing.organization.name))
    return redirect(onward)


def _action(name: str) -> Action:
    action = action_named(name)
    if action is None or TRANSITIONS[action].act.place == "elsewhere":
        raise Http404
    return action


def _onward(case: Case) -> str:
    """通过并下一家: the next filing of the list as it was filtered; otherwise this one again."""
    if "next" not in case.request.POST:
        return case.back
    code = case.filing.project.code
    above = case.standing.branch.above(case.filing)
    near = neighbours_of(case.filing, above[-1], QueryDict(case.queue).dict()) if above else None
    if near and near.following:
        return detail_url(near.following, code, case.queue)
    messages.info(case.request, "已经是最后一家。")
    return f"{reverse('review:filing_list', args=[code])}?{case.queue}"


def _ask(case: Case, refused: ReviewRefused | None = None) -> HttpResponse:
    filing, offer = case.filing, case.standing.offer(case.act)
    refusal = shut(filing, case.act)
    figures = shown_figures(filing, case.request.user)
    shown: dict[str, Any] = {
        "filing": filing,
        "project": filing.project,
        "word": word(case.act),
        "in_place_of": offer.stands_in_for if offer else None,
        "is_offered": offer is not None and not refusal,
        "refusal": refusal,
        "effect": effect(case.act, filing.organization.name, in_words(figures)),
        "form": case.form,
        "url": act_url(filing, case.act, case.queue),
        "back": case.back,
        "confirm": confirm(case.act),
        "is_final": TRANSITIONS[case.act].act.is_final,
        "lines": case.lines,
        "onward": TRANSITIONS[case.act].act.onward if case.queue else "",
        "refused": refused,
    }
    shown["confirms_open"] = TRANSITIONS[case.act].confirms_open
    if shown["confirms_open"] and offer:
        shown |= open_ends(case.request, filing, at=filing.pk)
    return render(
        case.request, "review/filing_act.html", shown, status=CONFLICT if refused else 200
    )


@requires(Permission.REVIEW)
def filing_return_through(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """退到机构: every filing on the way down is returned in one act, each named beforehand (S3-26)."""
    case = Case.of(request, code, pk, Action.RETURN, through=True)
    if not case.is_confirmed:
        return _ask_through(case)
    versions = case.form.versions(pk) or {}
    try:
        moved = return_through(
            case.filing,
            by=request.actor,
            reason=case.form.reason,
            deadlines=case.form.told_of_tiers["deadlines"],
            version=versions.get(pk),
        )
    except ReviewRefused as refused:
        return _ask_through(case, refused)
    names = "、".join(hop.organization.name for hop in moved)
    messages.success(request, f"已逐级退回：{names}。")
    return redirect(case.back)


def _ask_through(case: Case, refused: ReviewRefused | None = None) -> HttpResponse:
    shown: dict[str, Any] = {
        "filing": case.filing,
        "project": case.filing.project,
        "hops": case.standing.hops,
        "form": case.form,
        "back": case.back,
        "refused": refused,
    }
    status = CONFLICT if refused else 200
    return render(case.request, "review/filing_return_through.html", shown, status=status)
