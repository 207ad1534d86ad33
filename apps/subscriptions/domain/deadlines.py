"""开始填报, 截止提醒: three days, one day, four hours before the end, to whoever has not reported.

Invariants: each account is told once of each moment (`Told`); an end that is moved is another moment. Units without an
account are not counted: nobody is reached there.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.services import Entry, record_many
from apps.notices.event import EventName
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.portal.domain.todos import url_of
from apps.projects.models import Project
from apps.projects.models.window_spans import end_in_words, start_in_words
from apps.review.models import Filing
from apps.scope.paths import ROOT

from .sql import Reached, tell

Due = tuple[Filing, Reached]


@transaction.atomic
def tell_deadlines() -> int:
    """Returns how many units were reached; a constant number of statements."""
    reached = tell(timezone.now())
    if not reached:
        return 0
    rows = Filing.objects.all().among({each.filing_id for each in reached})
    filings = {row.pk: row for row in rows.select_related("organization", "project")}
    due = [(filings[each.filing_id], each) for each in reached]
    by = Actor.system()
    send_letters([_letter(*each) for each in due], kind=MessageKind.DEADLINE, by=by)
    record_many(by=by, entries=_entries(due))
    return len(due)


def _letter(filing: Filing, reached: Reached) -> Letter:
    name = filing.project.name
    work = "上报" if filing.is_institution else "审核并提交"
    if reached.name == EventName.OPENING:
        title = f"开始办理：{name}"
        body = f"“{name}”已于 {start_in_words(reached.moment)} 开始，请按时完成{work}。"
    else:
        title = f"即将截止：{name}"
        end = end_in_words(reached.moment)
        body = f"“{name}”将于 {end} 截止，您单位尚未{work}，请尽快完成。"
    return Letter(
        path=filing.path,
        title=title,
        body=body,
        url=url_of(filing),
        project_id=filing.project_id,
        event=reached.name,
    )


def _entries(due: Sequence[Due]) -> list[Entry]:
    """One for each project and event."""
    groups: dict[tuple[Project, EventName], int] = {}
    for filing, reached in due:
        group = (filing.project, reached.name)
        groups[group] = groups.get(group, 0) + 1
    return [
        Entry(
            verb="截止提醒",
            object=project.name,
            sentence=f"“{project.name}”{name.label}：提醒了 {number:,} 家",
            path=ROOT,
            project_code=project.code,
        )
        for (project, name), number in groups.items()
    ]
