"""申诉, 撤回, 答复, 关联更正: each one line in the log and a message to the other side.

Invariants: what was appealed is kept as it stood; whoever comes second to an appeal finds what the first one left and
is told in words.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.services import record
from apps.organizations.models import Tier
from apps.projects.domain.corrections.acts import Paper
from apps.projects.models import Correction, Project
from apps.review.domain.appeals import messages
from apps.review.domain.appeals.matters import APPELLANTS, Answerer, Matter, ends_at
from apps.review.domain.refusals import ActionRefused, NotYourTurn, ReasonMissing, RequestDecided
from apps.review.models import Appeal, AppealState
from apps.ui.formats import deadline

NOT_TAKEN = "本项目不受理申诉。"
NO_TEXT = "请填写申诉的内容。"
NO_ANSWER = "请填写答复的内容。"
OVER = "申诉期限已于 {until} 结束，不能再申诉。"
AGAIN = "对这一项已经申诉过，没有重复提交；请在“申诉”中查看。"
NOT_YOURS = "这件申诉由{name}答复，不由您的单位办理。"
CLOSED = "这件申诉已由 {who}处理（{state}），没有重复办理。"
NOT_UPHELD = "只有支持的申诉可以关联更正。"
LINKED = "这件申诉已经关联{correction}，没有重复办理。"
ELSEWHERE = "所选的更正不在本项目中，请刷新页面后重试。"


@transaction.atomic
def file_appeal(
    *,
    project: Project,
    what: str,
    key: int,
    matter: Matter,
    text: str,
    paper: Paper | None,
    by: Actor,
) -> Appeal:
    """Appeal against what was decided of a thing. Raises a `ReviewRefused`; then nothing was written."""
    _check_appellant(by)
    at, answerer = _check_open(project, matter, by)
    if not (text := text.strip()):
        raise ReasonMissing(NO_TEXT)
    kept, now = paper or Paper("", ""), by.moment
    fresh = Appeal(
        project=project,
        filing=matter.filing,
        enterprise=by.user.enterprise if by.user and matter.filing is None else None,
        path=matter.filing.path if matter.filing else by.user.path,  # type: ignore[union-attr]
        about=matter.about,
        what=what,
        key=key,
        title=matter.title[:200],
        said=matter.said[:1_000],
        page=matter.page,
        act_at=at,
        text=text,
        file=kept.stored,
        file_name=kept.name[:150],
        asked_at=now,
        asked_by=by.user,
        asked_by_name=by.name,
        answerer_path=answerer.path,
        answerer_name=answerer.name,
        due_at=now + timedelta(days=project.answer_days),
    )
    _write_once(fresh)
    _record(fresh, by, "申诉", f"申诉内容：{text}")
    messages.tell_answerer(fresh, by=by)
    return fresh


def _check_appellant(by: Actor) -> None:
    if by.user is None or by.user.role not in APPELLANTS:
        raise NotYourTurn("只有医疗机构和生产企业可以申诉。")
    if not by.may(Permission.MAINTAIN):
        raise NotYourTurn("您的账号没有“维护”权限。")


def _check_open(project: Project, matter: Matter, by: Actor) -> tuple[datetime, Answerer]:
    """When it was decided, and who answers for it."""
    if not project.appeal_days:
        raise ActionRefused(NOT_TAKEN)
    until = ends_at(project, matter)
    if matter.at is None or matter.answerer is None or until is None:
        raise ActionRefused(f"现在不能申诉：{matter.why_not}。")
    if by.moment >= until:
        raise ActionRefused(OVER.format(until=deadline(until)))
    return matter.at, matter.answerer


def _write_once(fresh: Appeal) -> None:
    try:
        with transaction.atomic():
            fresh.save()
    except IntegrityError as error:
        if "appeal_once_per_act" not in str(error):
            raise
        raise RequestDecided(AGAIN) from error


@transaction.atomic
def withdraw_appeal(appeal: Appeal, *, by: Actor) -> Appeal:
    """撤回 by the appellant while it waits. Raises a `ReviewRefused`."""
    _check_appellant(by)
    held = _waiting(appeal)
    if not is_own(held, by):
        raise NotYourTurn("只有申诉的单位自己可以撤回。")
    _close(held, AppealState.WITHDRAWN, "", by)
    _record(held, by, "撤回申诉", "")
    messages.tell_answerer(held, by=by)
    return held


@transaction.atomic
def answer_appeal(
    appeal: Appeal,
    *,
    state: AppealState,
    answer: str,
    by: Actor,
    correction: Correction | None = None,
) -> Appeal:
    """支持 or 不支持, with the answer; what is upheld may name its correction at once. Raises a `ReviewRefused`."""
    held = _waiting(appeal)
    _check_answerer(held, by)
    if not (answer := answer.strip()):
        raise ReasonMissing(NO_ANSWER)
    held.correction = _of_project(held, correction) if state == AppealState.UPHELD else None
    _close(held, state, answer, by)
    linked = f"（关联{held.correction}）" if held.correction else ""
    _record(held, by, "答复申诉", f"{state.label}{linked}：{answer}")
    messages.tell_appellant(held, by=by)
    return held


@transaction.atomic
def link_correction(appeal: Appeal, *, correction: Correction, by: Actor) -> Appeal:
    """关联更正: the correction that an upheld appeal led to, once. Raises a `ReviewRefused`."""
    held = _locked(appeal)
    _check_answerer(held, by)
    if held.outcome != AppealState.UPHELD:
        raise ActionRefused(NOT_UPHELD)
    if held.correction is not None:
        raise RequestDecided(LINKED.format(correction=held.correction))
    held.correction = _of_project(held, correction)
    held.save(update_fields=["correction"])
    _record(held, by, "关联更正", str(held.correction))
    messages.tell_appellant(held, by=by)
    return held


def is_own(appeal: Appeal, by: Actor) -> bool:
    """Whether the person's unit or enterprise appealed."""
    if appeal.filing is not None:
        return by.organization is not None and by.organization.pk == appeal.filing.organization_id
    return by.user is not None and by.user.enterprise_id == appeal.enterprise_id


def may_answer(appeal: Appeal, by: Actor) -> bool:
    """The bureau that answers for it, or one above that stands in for it."""
    unit = by.organization
    is_bureau = unit is not None and unit.tier != Tier.INSTITUTION
    return is_bureau and by.may(Permission.REVIEW) and appeal.answerer_path.startswith(by.path)


def _check_answerer(appeal: Appeal, by: Actor) -> None:
    if not may_answer(appeal, by):
        raise NotYourTurn(NOT_YOURS.format(name=appeal.answerer_name))


def _locked(appeal: Appeal) -> Appeal:
    rows = Appeal.objects.select_for_update(of=("self",)).with_appellants()
    held: Appeal = rows.get(pk=appeal.pk)
    return held


def _waiting(appeal: Appeal) -> Appeal:
    held = _locked(appeal)
    if held.outcome != AppealState.OPEN:
        who = f"{held.closed_by_name} "
        raise RequestDecided(CLOSED.format(who=who, state=held.outcome.label))
    return held


def _of_project(appeal: Appeal, correction: Correction | None) -> Correction | None:
    if correction is not None and correction.project_id != appeal.project_id:
        raise ActionRefused(ELSEWHERE)
    return correction


def _close(held: Appeal, state: AppealState, answer: str, by: Actor) -> None:
    held.state, held.answer = state, answer
    held.closed_at, held.closed_by, held.closed_by_name = by.moment, by.user, by.name
    held.save(
        update_fields=["state", "answer", "closed_at", "closed_by", "closed_by_name", "correction"]
    )


def _record(held: Appeal, by: Actor, verb: str, more: str) -> None:
    said = f"，{more}" if more else ""
    record(
        by=by,
        verb=verb,
        object=held.appellant,
        sentence=f"{verb}：{held.appellant}在“{held.project.name}”对“{held.title}”的申诉{said}",
        path=held.path,
        project_code=held.project.code,
        enterprise_id=held.enterprise_id,
    )
