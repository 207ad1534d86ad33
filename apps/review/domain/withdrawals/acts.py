"""申请撤回, 同意, 驳回 (S3-27…29). Each takes the branch's locks first: the parent's submit comes before or after.

Invariant: whoever comes second finds what the first one left and is told in words.
"""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.projects.models import Project
from apps.review.domain.checks import check_present
from apps.review.domain.locks import Ancestor, Branch, lock_branch
from apps.review.domain.mandates.using import require_mandate
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ActionRefused, NotYourTurn, ReasonMissing, RequestDecided
from apps.review.domain.standing import parties_of, situations
from apps.review.domain.why.possible import asking_refusal
from apps.review.models import Filing, RequestState, WithdrawalRequest
from apps.review.models.statuses import Action


def tell_reviewer_of_request(
    project: Project, request: WithdrawalRequest, reviewer: Ancestor, *, by: Actor
) -> None:
    name = request.filing.organization.name
    letter = Letter(
        path=reviewer.path,
        title=f"{name}申请撤回",
        body=f"{name}申请撤回“{project.name}”的申报，原因：{request.reason}",
        url=reverse("review:withdrawal_list", args=[project.code]),
        project_id=project.pk,
    )
    send_letters([letter], kind=MessageKind.WITHDRAWAL, by=by)


def tell_filer_of_answer(project: Project, request: WithdrawalRequest, *, by: Actor) -> None:
    granted = request.outcome == RequestState.GRANTED
    body = "可以修改后重新上报。" if granted else f"驳回原因：{request.answer}"
    page = "projects:project_detail" if granted else "review:withdrawal_ask"
    letter = Letter(
        path=request.filing.path,
        title=f"撤回申请{request.outcome.label}",
        body=f"“{project.name}”的撤回申请{request.outcome.label}，{body}",
        url=reverse(page, args=[project.code]),
        project_id=project.pk,
    )
    send_letters([letter], kind=MessageKind.ANSWER, by=by)


@transaction.atomic
def ask_withdrawal(filing: Filing, *, by: Actor, reason: str) -> WithdrawalRequest:
    """Ask the tier above to give the filing back. Raises a `ReviewRefused`."""
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("请填写申请撤回的原因。")
    project = Project.objects.get(pk=filing.project_id)
    branch = lock_branch([filing])
    check_present([filing], branch)
    (held,) = branch.filings
    if by.user is None or "filer" not in parties_of(held, branch, by):
        raise NotYourTurn("只有上报单位自己可以申请撤回。")
    (situation,) = situations(project, [held], branch, timezone.now())
    if why := asking_refusal(situation, project):
        raise ActionRefused(f"不能申请撤回：{why}。")
    if by.mandate is not None:
        require_mandate(by)
    request: WithdrawalRequest = WithdrawalRequest.objects.create(
        filing=held,
        reason=reason,
        asked_at=timezone.now(),
        asked_by=by.user,
        asked_by_name=by.name,
    )
    _record(project, held, by, "申请撤回", f"原因：{reason}")
    tell_reviewer_of_request(project, request, branch.above(held)[-1], by=by)
    return request


@transaction.atomic
def grant_withdrawal(
    request: WithdrawalRequest, *, by: Actor, deadline: datetime | None = None
) -> Filing:
    """同意: the filing is returned with a correction deadline, in one event. Raises a `ReviewRefused`."""
    branch = _locked(request)
    held = _undecided(request)
    (filing,) = perform(
        branch.filings,
        Action.GRANT,
        by=by,
        reason=f"同意撤回申请：{held.reason}",
        deadline=deadline,
    )
    project = Project.objects.get(pk=filing.project_id)
    held.refresh_from_db()
    tell_filer_of_answer(project, held, by=by)
    return filing


@transaction.atomic
def refuse_withdrawal(request: WithdrawalRequest, *, by: Actor, answer: str) -> WithdrawalRequest:
    """驳回: the filing stays as it is, the filer is told why. Raises a `ReviewRefused`."""
    answer = answer.strip()
    if not answer:
        raise ReasonMissing("请填写驳回的原因。")
    branch = _locked(request)
    held = _undecided(request)
    (filing,) = branch.filings
    if by.user is None or "reviewer" not in parties_of(filing, branch, by):
        raise NotYourTurn("这份申请不由您的单位处理。")
    held.state, held.answer = RequestState.REFUSED, answer
    held.closed_at, held.closed_by, held.closed_by_name = timezone.now(), by.user, by.name
    held.save(update_fields=["state", "answer", "closed_at", "closed_by", "closed_by_name"])
    project = Project.objects.get(pk=filing.project_id)
    _record(project, filing, by, "驳回撤回申请", f"原因：{answer}")
    tell_filer_of_answer(project, held, by=by)
    return held


def _locked(request: WithdrawalRequest) -> Branch:
    filing = Filing.objects.get(pk=request.filing_id)
    branch = lock_branch([filing])
    check_present([filing], branch)
    return branch


def _undecided(request: WithdrawalRequest) -> WithdrawalRequest:
    """The request as it is now that the branch is held. Raises `RequestDecided`."""
    now: WithdrawalRequest = WithdrawalRequest.objects.get(pk=request.pk)
    if now.outcome != RequestState.OPEN:
        who = f"{now.closed_by_name} " if now.closed_by_name else ""
        raise RequestDecided(f"这份申请已由 {who}处理（{now.outcome.label}），没有重复处理。")
    return now


def _record(project: Project, filing: Filing, by: Actor, verb: str, why: str) -> None:
    name = filing.organization.name
    record(
        by=by,
        verb=verb,
        object=name,
        sentence=f"{verb}：{name}在“{project.name}”的申报，{why}",
        path=filing.path,
        project_code=project.code,
    )
