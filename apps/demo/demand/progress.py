"""How far the demo's demand rounds have come: reports, approvals and a return, each by whose turn it is."""

from collections import defaultdict
from collections.abc import Sequence

from apps.accounts.domain.actors import Actor
from apps.demo.agreed_volumes import Season, publish_agreed_of, publish_base_of
from apps.demo.fixtures import LATECOMERS
from apps.demo.progress import actors_by_code
from apps.organizations.models import Tier
from apps.projects.models import Approval, Gate, Project, Withdrawal
from apps.reporting.domain.purchases.doubts import raise_doubt
from apps.reporting.models import PurchaseHistory
from apps.review.domain.performing import perform
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.domain.withdrawals.acts import ask_withdrawal
from apps.review.models import Filing
from apps.review.models.statuses import Action

from .catalogue import Offered
from .filling import HALF, fill, maintain, report_all, standing
from .letters import tick

DOUBT = "省平台未计入第四季度线下采购。"
RETURN_REASON = "阿托伐他汀钙片数量疑为盒数，请按片核对后重新上报。"
SUBMITTED = ("420602", "420683", "420600", "419001")
"""Bureaus that have submitted what was approved, from the bottom up; their packages are approved as well."""
ON_TOP = ("41", "66")
"""Provinces whose packages wait for the alliance."""
ORTHODONTIST, LATE = LATECOMERS
OFTEN = {"reported": ("H14010500001", ORTHODONTIST), "approved": ("H42000000001",)}
ASKING = {ORTHODONTIST: "新增一台椅位没有计入，需要补充后重新上报。"}
"""Who asks to withdraw what it has reported, where that is on request."""


def begin(project: Project, items: Sequence[Offered]) -> None:
    """An open round: some are halfway, some have reported, some are approved, one is returned."""
    actors, filings = actors_by_code(), _filings(project)
    for filing in _at("half", filings):
        fill(project, filing, items, actors[filing.organization.code], share=HALF)
        _doubt(project, filing, actors[filing.organization.code])
    done = {stand: _at(stand, filings) for stand in ("reported", "approved", "returned")}
    done["reported"] += [filings[code] for code in (LATE,) if code in filings]
    maintain(project, [filing for filing in filings.values() if filing.maintained], items, actors)
    own = [filing for part in done.values() for filing in part if not filing.maintained]
    report_all(project, own, items, actors)
    _ask_back(project, own, actors)
    _review(project, done["approved"], Action.APPROVE, actors)
    _review(project, done["returned"], Action.RETURN, actors, reason=RETURN_REASON)
    if project.gate == Gate.LENIENT:
        _hand_up(project, filings, actors)


def _hand_up(project: Project, filings: dict[str, Filing], actors: dict[str, Actor]) -> None:
    for code in (*SUBMITTED, *ON_TOP):
        perform([filings[code]], Action.SUBMIT, by=actors[code], confirmed=True)
        if code in SUBMITTED:
            _review(project, [filings[code]], Action.APPROVE, actors)


def _ask_back(project: Project, reported: Sequence[Filing], actors: dict[str, Actor]) -> None:
    if project.institution_withdrawal == Withdrawal.ON_REQUEST:
        for filing in reported:
            code = filing.organization.code
            if code in ASKING:
                ask_withdrawal(filing, by=actors[code], reason=ASKING[code])


def _doubt(project: Project, filing: Filing, by: Actor) -> None:
    """历史数有误: the first year of the first item, a tenth more than what the province knows."""
    bought = PurchaseHistory.objects.of_institution(project, filing.organization_id)
    first = bought.filter(quantity__gt=0).order_by("year", "item__position").first()
    if first is None:
        return
    raise_doubt(
        filing=filing,
        project=project,
        item=first.item,
        year=first.year,
        claimed=first.quantity + first.quantity // 10 + 1,
        note=DOUBT,
        by=by,
    )


def finish(project: Project, items: Sequence[Offered], season: Season, by: Actor) -> None:
    """A finished round: reported, approved and submitted by all, its base published, 办结, volumes agreed."""
    actors, filings = actors_by_code(), _filings(project)
    own = [filing for filing in filings.values() if filing.is_institution]
    report_all(project, own, items, actors)
    _review(project, own, Action.APPROVE, actors)
    for tier in (Tier.CITY, Tier.PROVINCE):
        bureaus = [filing for filing in filings.values() if filing.tier == tier]
        for filing in bureaus:
            perform([filing], Action.SUBMIT, by=actors[filing.organization.code], confirmed=True)
        _review(project, bureaus, Action.APPROVE, actors)
    publish_base_of(project, season, by)
    conclude_project(project, by=by, confirmed=True)
    publish_agreed_of(project, season, by)


def _at(stand: str, filings: dict[str, Filing]) -> list[Filing]:
    """The filings that stand so; in a round without those institutions, some that have an account."""
    standing_filings = [filings[unit.code] for unit in standing(stand) if unit.code in filings]
    return standing_filings or [filings[code] for code in OFTEN.get(stand, ()) if code in filings]


def _filings(project: Project) -> dict[str, Filing]:
    rows = Filing.objects.of_project(project).select_related("organization", "project")
    return {filing.organization.code: filing for filing in rows.order_by("path")}


def _review(
    project: Project,
    filings: Sequence[Filing],
    action: Action,
    actors: dict[str, Actor],
    *,
    reason: str = "",
) -> None:
    """One act for each reviewer, on all of its units at once where the project lets it."""
    turns: dict[int, list[Filing]] = defaultdict(list)
    for filing in filings:
        turns[filing.parent_id or 0].append(filing)
    above = Filing.objects.select_related("organization").in_bulk(list(turns))
    for parent, chosen in turns.items():
        by = actors[above[parent].organization.code]
        alone = project.approval == Approval.ONE_BY_ONE and action == Action.APPROVE
        if action == Action.APPROVE:
            tick(project, chosen, by)
        for part in [[filing] for filing in chosen] if alone else [chosen]:
            perform(part, action, by=by, reason=reason)
