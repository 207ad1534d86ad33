"""The checks that `perform` makes, each raising one refusal that names the filings concerned."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.organizations.models import Tier
from apps.projects.domain.windows.timings import timings_for
from apps.projects.models import Approval, Project
from apps.review.domain.gates import gate_reports
from apps.review.domain.guards import objections
from apps.review.domain.kinds import kind_of
from apps.review.domain.locks import Branch
from apps.review.domain.machine import TRANSITIONS
from apps.review.domain.refusals import (
    NAMED,
    ActionRefused,
    DeadlineInvalid,
    FilingIncomplete,
    FilingsMissing,
    FilingsMoved,
    GateClosed,
    NotByProgram,
    NotYourTurn,
    ReasonMissing,
    Refused,
    listing,
)
from apps.review.domain.standing import RECUSED, is_recused, parties_of
from apps.review.domain.why.obstacles import refusal
from apps.review.domain.why.situation import Situation
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import Action, Status
from apps.scope.database import Ask


def check_present(wanted: Sequence[Filing], branch: Branch) -> None:
    if len(branch.filings) != len({filing.pk for filing in wanted}):
        raise FilingsMissing("所选单位中有的已不在您的管辖范围内，请刷新页面后重试。")


def check_program(project: Project, by: Actor) -> None:
    """A bureau's program acts only where the project lets it; an institution's own filing is its own affair."""
    is_bureau = by.organization is not None and by.organization.tier != Tier.INSTITUTION
    if by.token and is_bureau and not project.program_review:
        raise NotByProgram("本项目不允许通过接口审核和提交，请登录网页办理。")


def check_versions(branch: Branch, versions: Mapping[int, int] | None, action: Action) -> None:
    if versions is None:
        return
    moved = [filing for filing in branch.filings if versions.get(filing.pk) != filing.version]
    if not moved:
        return
    latest = _latest_events([filing.pk for filing in moved[:NAMED]])
    refused = [
        Refused(filing.pk, filing.organization.name, latest.get(filing.pk, "")) for filing in moved
    ]
    raise FilingsMoved("页面打开之后数据有变化，" + listing(refused, action.label), refused)


def _latest_events(filing_ids: list[int]) -> dict[int, str]:
    events = (
        FilingEvent.objects.filter(filing_id__in=filing_ids)
        .order_by("filing_id", "-sequence")
        .distinct("filing_id")
    )
    return {
        event.filing_id: f"{event.organization_name} {event.actor_name}已{event.get_action_display()}"
        for event in events
    }


def check_reason(action: Action, reason: str) -> None:
    if TRANSITIONS[action].reason_required and not reason.strip():
        raise ReasonMissing(f"请填写{action.label}的原因。")


def check_law(
    project: Project, branch: Branch, action: Action, situations: Sequence[Situation], by: Actor
) -> None:
    """Raises `NotYourTurn` or `ActionRefused`; an act on many is refused where the project says one by one."""
    party = TRANSITIONS[action].party
    strangers = [f for f in branch.filings if party not in parties_of(f, branch, by)]
    if strangers:
        refused = [Refused(f.pk, f.organization.name, "不由您的单位办理") for f in strangers]
        raise NotYourTurn(listing(refused, action.label), refused)
    alone = TRANSITIONS[action].one_by_one and project.approval == Approval.ONE_BY_ONE
    if alone and len(branch.filings) > 1:
        raise ActionRefused(f"本项目要求逐一审核，请进入详情页逐家{action.label}。")
    acting_for = by.on_behalf_of is not None
    refused = [
        Refused(filing.pk, filing.organization.name, why)
        for filing, situation in zip(branch.filings, situations, strict=True)
        if (why := refusal(action, situation, project, for_lower_tier=acting_for))
    ] or [
        Refused(filing.pk, filing.organization.name, RECUSED)
        for filing in branch.filings
        if is_recused(project, filing, action, by)
    ]
    if refused:
        raise ActionRefused(listing(refused, action.label), refused)


def check_guards(project: Project, branch: Branch, action: Action) -> None:
    """Raises `ActionRefused` while something above the review chain is built on one of the filings."""
    objected = objections(project, branch.filings, action)
    refused = [
        Refused(filing.pk, filing.organization.name, objected[filing.pk])
        for filing in branch.filings
        if filing.pk in objected
    ]
    if refused:
        raise ActionRefused(listing(refused, action.label), refused)


def check_deadline(
    project: Project, branch: Branch, action: Action, deadline: datetime | None, now: datetime
) -> datetime | None:
    """The correction deadline of what is returned: as given, else the end of the returner's window."""
    if TRANSITIONS[action].target != Status.RETURNED:
        return None
    deadline = deadline or default_deadline(project, branch, now)
    if deadline is None:
        raise DeadlineInvalid("请填写更正截止时间：本级没有进行中的时间窗口可作默认值。")
    if deadline <= now:
        raise DeadlineInvalid("更正截止时间必须晚于现在，请重新填写。")
    return deadline


def default_deadline(project: Project, branch: Branch, now: datetime) -> datetime | None:
    """The end of the returner's window; `None` if it has none open."""
    reviewers = {above[-1].path: above[-1] for f in branch.filings if (above := branch.above(f))}
    ends = [timing.closes_at(now) for timing in timings_for(project, list(reviewers.values()))]
    known = [end for end in ends if end is not None]
    return min(known) if known and len(known) == len(ends) else None


def check_complete(branch: Branch, asked: Ask[Any] | None = None) -> None:
    """Raises `FilingIncomplete` unless every institution among the filings has done what its kind demands.

    `asked` is what the kind asks of the one filing, where it was sent with the locks.
    """
    institutions = [filing for filing in branch.filings if filing.is_institution]
    if not institutions:
        return
    problems = kind_of(institutions[0]).incomplete(institutions, asked)
    refused = [
        Refused(filing.pk, filing.organization.name, problems[filing.pk][0].text)
        for filing in institutions
        if problems.get(filing.pk)
    ]
    if len(institutions) == 1 and refused:
        texts = "；".join(problem.text for problem in problems[institutions[0].pk])
        raise FilingIncomplete(f"还不能上报：{texts}。", refused)
    if refused:
        raise FilingIncomplete(listing(refused, "上报"), refused)


def check_gate(project: Project, branch: Branch, *, confirmed: bool) -> None:
    """Raises `GateClosed` while units below are unsettled, or missing ones are not confirmed by name."""
    bureaus = [filing for filing in branch.filings if not filing.is_institution]
    if not bureaus:
        return
    for report in gate_reports(project, bureaus).values():
        if not report.is_met:
            raise GateClosed(_gate_sentence("还有单位未处理完，不能提交", report.blocking))
        if report.needs_confirmation and not confirmed:
            raise GateClosed(_gate_sentence("还有单位未上报，请确认名单后再提交", report.missing))


def _gate_sentence(lead: str, filings: Sequence[Filing]) -> str:
    names = "、".join(filing.organization.name for filing in filings[:NAMED])
    more = f" 等 {len(filings)} 家" if len(filings) > NAMED else ""
    return f"{lead}：{names}{more}。"


def check_alliance(by: Actor) -> None:
    """Raises `NotYourTurn` unless the alliance office acts, by an account with the right to manage.

    The system, which only commands act as, passes.
    """
    if by == Actor.system():
        return
    if by.organization is None or by.organization.tier != Tier.ALLIANCE:
        raise NotYourTurn("只有联采办可以办理。")
    if not by.may(Permission.MANAGE):
        raise NotYourTurn("您的账号没有“管理”权限。")
