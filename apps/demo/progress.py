"""How far the demo round has come: reports, approvals and a return, each by the account whose turn it is."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action

from .filling import fill, fill_half
from .fixtures import Stand, institutions

SUBMITTED_BUREAUS = ("420500", "420600", "140200", "419001")
APPROVED_BUREAUS = ("420600", "419001")
ON_TOP = ("41",)
"""Provinces whose packages wait for the alliance."""
RETURN_REASON = "银杏叶口服剂型的分配与本院用药目录不一致，请核对后重新上报。"


def make_progress(project: Project) -> None:
    """Bring every institution and bureau of the demo to where it stands."""
    actors = actors_by_code()
    filings = {
        filing.organization.code: filing
        for filing in Filing.objects.of_project(project).select_related("organization", "parent")
    }
    for unit in institutions():
        if unit.stand == "half":
            fill_half(project, filings[unit.code], actors[unit.code])
        elif unit.stand:
            fill(project, filings[unit.code], actors[unit.code])
            perform([filings[unit.code]], Action.SUBMIT, by=actors[unit.code])
    _review(_standing("approved"), Action.APPROVE, filings, actors)
    _review(_standing("returned"), Action.RETURN, filings, actors, reason=RETURN_REASON)
    _submit(SUBMITTED_BUREAUS, filings, actors)
    _review(APPROVED_BUREAUS, Action.APPROVE, filings, actors)
    _submit(ON_TOP, filings, actors)


def _submit(codes: Iterable[str], filings: dict[str, Filing], actors: dict[str, Actor]) -> None:
    for code in codes:
        perform([filings[code]], Action.SUBMIT, by=actors[code], confirmed=True)


def actors_by_code() -> dict[str, Actor]:
    """Main accounts by the code of their unit."""
    accounts = User.objects.main_accounts().filter(organization__isnull=False)
    return {
        account.organization.code: Actor.of(account)
        for account in accounts.select_related("organization")
        if account.organization
    }


def _standing(stand: Stand) -> list[str]:
    return [unit.code for unit in institutions() if unit.stand == stand]


def _review(
    codes: Iterable[str],
    action: Action,
    filings: dict[str, Filing],
    actors: dict[str, Actor],
    *,
    reason: str = "",
) -> None:
    """One act for each reviewer, on all of its units at once."""
    units = {filing.pk: code for code, filing in filings.items()}
    turns: dict[str, list[Filing]] = defaultdict(list)
    for code in codes:
        turns[units[filings[code].parent_id or 0]].append(filings[code])
    for reviewer, chosen in turns.items():
        _act(chosen, action, actors[reviewer], reason)


def _act(chosen: Sequence[Filing], action: Action, by: Actor, reason: str) -> None:
    perform(chosen, action, by=by, reason=reason)
