"""催报: a message to every chosen unit that has not reported, once within the configured time, and a log entry each.

Invariant: nobody is reminded twice within `REMIND_AGAIN_HOURS`, whichever bureau above reminds; the project's lock
makes two bureaus take turns.
"""

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.logins import last_logins
from apps.accounts.models.roles import Permission
from apps.audit.services import Entry, record, record_many
from apps.notices.messages import Letter, Reminded, reminded_lately, send_letters
from apps.notices.models import MessageKind
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE


class RemindRefused(Exception):
    """Nobody can be reminded now; the message says why."""


@transaction.atomic
def remind(project: Project, filing_ids: Sequence[int], *, by: Actor, words: str = "") -> Reminded:
    """Remind the units of these filings that still have to report. Raises `RemindRefused`."""
    project = _locked(project)
    if not by.may(Permission.REVIEW) or by.organization is None:
        raise RemindRefused("您的账号不能催报。")
    if not project.is_in_progress:
        raise RemindRefused(f"项目当前为“{project.get_phase_display()}”，不需要催报。")
    chosen = Filing.objects.filter(pk__in=filing_ids, project=project).exclude(
        path=by.organization.path
    )
    late = chosen.filter(status__in=EDITABLE, maintained=False).select_related("organization")
    waiting = list(late.order_by("path"))
    lately = reminded_lately(project.pk, [filing.path for filing in waiting])
    due = [filing for filing in waiting if filing.path not in lately]
    letters = [_letter(project, filing, by, words) for filing in due]
    send_letters(letters, kind=MessageKind.REMINDER, by=by)
    record_many(by=by, entries=[_entry(project, filing) for filing in due])
    known = last_logins(filing.organization_id for filing in due)
    unreachable = sum(filing.organization_id not in known for filing in due)
    return Reminded(
        sent=len(due) - unreachable,
        too_soon=len(waiting) - len(due),
        settled=len(filing_ids) - len(waiting),
        unreachable=unreachable,
    )


def _locked(project: Project) -> Project:
    held: Project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    return held


def _letter(project: Project, filing: Filing, by: Actor, words: str) -> Letter:
    what = "上报" if filing.is_institution else "审核并提交"
    asks = f"请尽快完成“{project.name}”的{what}。"
    sender = by.organization.name if by.organization else ""
    unit = filing.organization
    return Letter(
        path=filing.path,
        title=f"催报：{project.name}",
        body=f"{sender}提醒{unit.name}：{asks}{words.strip()}",
        url=reverse("projects:project_detail", args=[project.code]),
        project_id=project.pk,
        contact_name=unit.contact_name,
        phone=unit.phone,
    )


def _entry(project: Project, filing: Filing) -> Entry:
    name = filing.organization.name
    return Entry(
        verb="催报",
        object=name,
        sentence=f"催报：{name}在“{project.name}”的申报",
        path=filing.path,
        project_code=project.code,
    )


def log_phone_list(*, by: Actor, project: Project, top: Filing) -> None:
    """Somebody has printed whom to call, with numbers in full."""
    name = top.organization.name
    record(
        by=by,
        verb="查看电话",
        object=name,
        sentence=f"打印了“{project.name}”在{name}范围内的催办电话单。",
        path=top.path,
        project_code=project.code,
    )
