"""What institutions read in their inboxes of a 系统代分, and of its being taken back."""

from collections.abc import Sequence

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.projects.models import Project
from apps.review.models import Filing


def tell_substituted(project: Project, filings: Sequence[Filing], *, by: Actor) -> None:
    title = f"“{project.name}”已系统代分"
    body = (
        f"您单位没有在规定时间内上报“{project.name}”，联采办已按规则由系统代为分量并上报，请查看各品规的分量结果；"
        "有疑问请联系上级审核单位。"
    )
    _tell(project, filings, title, body, by=by)


def tell_undone(project: Project, filings: Sequence[Filing], *, by: Actor) -> None:
    title = f"“{project.name}”的系统代分已撤销"
    body = f"联采办撤销了您单位在“{project.name}”的系统代分，各品规已恢复到代分之前的内容。"
    _tell(project, filings, title, body, by=by)


def _tell(project: Project, filings: Sequence[Filing], title: str, body: str, *, by: Actor) -> None:
    url = reverse("allocation:pending_list", args=[project.code])
    letters = [Letter(filing.path, title, body, url, project.pk) for filing in filings]
    send_letters(letters, kind=MessageKind.SUBSTITUTION, by=by)
