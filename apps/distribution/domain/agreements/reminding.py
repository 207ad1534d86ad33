"""催报 of agreements: a message to each chosen institution that has something to choose, draw, sign or replace.

Invariant: nobody is reminded of a project twice within `REMIND_AGAIN_HOURS`, whoever reminds; the project's lock
makes two bureaus take turns.
"""

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.logins import last_logins
from apps.accounts.models.roles import Permission
from apps.audit.services import Entry, record, record_many
from apps.distribution.domain.agreements.progress import InstitutionProgress, progress_of_filings
from apps.distribution.domain.agreements.refusals import AgreementRefused
from apps.notices.messages import Letter, Reminded, reminded_lately, send_letters
from apps.notices.models import MessageKind
from apps.projects.models import Project


@transaction.atomic
def remind_of_agreements(
    project: Project, filing_ids: Sequence[int], *, by: Actor, words: str = ""
) -> Reminded:
    """Remind those of these institutions that have something open. Raises `AgreementRefused`."""
    if not by.may(Permission.REVIEW) or by.organization is None:
        raise AgreementRefused("您的账号不能催报。")
    list(Project.objects.select_for_update(of=("self",), no_key=True).filter(pk=project.pk))
    everybody = progress_of_filings(project, by.organization.path, filing_ids)
    waiting = [progress for progress in everybody if progress.is_open]
    lately = reminded_lately(project.pk, [progress.filing.path for progress in waiting])
    due = [progress for progress in waiting if progress.filing.path not in lately]
    letters = [_letter(project, progress, by, words) for progress in due]
    send_letters(letters, kind=MessageKind.REMINDER, by=by)
    record_many(by=by, entries=[_entry(project, progress) for progress in due])
    known = last_logins(progress.filing.organization_id for progress in due)
    unreachable = sum(progress.filing.organization_id not in known for progress in due)
    return Reminded(
        sent=len(due) - unreachable,
        too_soon=len(waiting) - len(due),
        settled=len(set(filing_ids)) - len(waiting),
        unreachable=unreachable,
    )


def log_phone_list(*, by: Actor, project: Project, path: str, name: str) -> None:
    """Somebody has printed whom to call, with numbers in full."""
    record(
        by=by,
        verb="查看电话",
        object=name,
        sentence=f"打印了“{project.name}”在{name}范围内的三方协议催办电话单。",
        path=path,
        project_code=project.code,
    )


def _letter(project: Project, progress: InstitutionProgress, by: Actor, words: str) -> Letter:
    unit = progress.filing.organization
    sender = by.organization.name if by.organization else ""
    page = "agreement_list" if progress.to_sign and not progress.to_choose else "choice_list"
    return Letter(
        path=progress.filing.path,
        title=f"催办三方协议：{project.name}",
        body=f"{sender}提醒{unit.name}：“{project.name}”的协议产品{progress.open_in_words}，请尽快办理。{words.strip()}",
        url=f"{reverse(f'distribution:{page}')}?project={project.pk if page == 'agreement_list' else project.code}",
        project_id=project.pk,
        contact_name=unit.contact_name,
        phone=unit.phone,
    )


def _entry(project: Project, progress: InstitutionProgress) -> Entry:
    name = progress.filing.organization.name
    return Entry(
        verb="催报",
        object=name,
        sentence=f"催报：{name}在“{project.name}”的三方协议（{progress.open_in_words}）",
        path=progress.filing.path,
        project_code=project.code,
    )
