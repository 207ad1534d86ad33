"""Who hears of an appeal: the bureau that answers, and whoever asked."""

from dataclasses import replace

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
        letter = _letter(appeal, f"{name}撤回了申诉", "不用再答复。")
    else:
        due = f"（请在 {deadline(appeal.due_at)} 前答复）"
        letter = _letter(appeal, f"{name}申诉", f"{appeal.text}{due}")
    letter = replace(letter, path=appeal.answerer_path)
    send_letters([letter], kind=MessageKind.APPEAL, by=by)


def tell_appellant(appeal: Appeal, *, by: Actor) -> None:
    """What was answered, and the correction that it led to."""
    more = f"{appeal.outcome.label}：{appeal.answer}"
    if appeal.correction:
        more = f"{more}（已作{appeal.correction}）"
    letter = _letter(appeal, f"申诉答复：{appeal.outcome.label}", more)
    send_letters([letter], kind=MessageKind.APPEALED, by=by)


def _letter(appeal: Appeal, title: str, more: str) -> Letter:
    """To the appellant, unless somebody else is named."""
    return Letter(
        path=appeal.path,
        title=title,
        body=f"“{appeal.project.name}”，对“{appeal.title}”的申诉：{more}"[:1_000],
        url=reverse("review:appeal_detail", args=[appeal.project.code, appeal.pk]),
        project_id=appeal.project_id,
    )
