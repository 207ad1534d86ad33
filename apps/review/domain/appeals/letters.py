"""Who hears of an appeal: the bureau that answers, and whoever asked."""

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.review.models import Appeal, AppealState
from apps.ui.formats import deadline


def tell_answerer(appeal: Appeal, *, by: Actor) -> None:
    """That it was asked, or taken back."""
    name = appeal.appellant
    if appeal.outcome == AppealState.WITHDRAWN:
        title, more = f"{name}撤回了申诉", "不用再答复。"
    else:
        title, more = f"{name}申诉", f"{appeal.text}（请在 {deadline(appeal.due_at)} 前答复）"
    _tell(appeal, appeal.answerer_path, title, more, MessageKind.APPEAL, by)


def tell_appellant(appeal: Appeal, *, by: Actor) -> None:
    """What was answered, and the correction that it led to."""
    more = f"{appeal.outcome.label}：{appeal.answer}"
    if appeal.correction:
        more = f"{more}（已作{appeal.correction}）"
    _tell(appeal, appeal.path, f"申诉答复：{appeal.outcome.label}", more, MessageKind.APPEALED, by)


def _tell(
    appeal: Appeal, path: str, title: str, more: str, kind: MessageKind, by: Actor
) -> None:
    letter = Letter(
        path=path,
        title=title,
        body=f"“{appeal.project.name}”，对“{appeal.title}”的申诉：{more}"[:1_000],
        url=reverse("review:appeal_detail", args=[appeal.project.code, appeal.pk]),
        project_id=appeal.project_id,
    )
    send_letters([letter], kind=kind, by=by)
