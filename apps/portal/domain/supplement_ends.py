"""The end of a 补报 is near: one message to every unit that was granted one and has not reported yet.

Invariant: a unit hears once of each granted window. What was sent since the window opened counts; a later grant
opens another one. The project's lock makes two runs take turns.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.services import Entry, record_many
from apps.notices.messages import Letter, send_letters
from apps.notices.models import Message, MessageKind
from apps.portal.domain.todos import url_of
from apps.projects.domain.refusals import locked
from apps.projects.domain.windows.timings import timings_for
from apps.projects.models import Project, SupplementWindow
from apps.projects.models.window_spans import end_in_words
from apps.review.domain.locks import read_branch
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE

Due = tuple[Filing, datetime]
"""A filing, and when the time of its unit ends."""


def remind_of_supplement_ends() -> int:
    """Remind every unit whose 补报 ends within `SUPPLEMENT_REMIND_HOURS`. Returns how many were reminded."""
    ending = _ending(timezone.now()).values("project_id")
    projects = Project.objects.in_progress().filter(pk__in=ending).order_by("pk")
    return sum(_remind_in(project) for project in projects)


@transaction.atomic
def _remind_in(project: Project) -> int:
    project = locked(project)
    if not project.is_in_progress:
        return 0
    due = _due(project, timezone.now())
    by = Actor.system()
    send_letters([_letter(*window) for window in due], kind=MessageKind.SUPPLEMENT, by=by)
    record_many(by=by, entries=[_entry(project, filing) for filing, _end in due])
    return len(due)


def _ending(at: datetime) -> QuerySet[SupplementWindow]:
    """Open windows that end soon and whose units have not heard of it."""
    told = Message.objects.filter(
        kind=MessageKind.SUPPLEMENT,
        project_id=OuterRef("project_id"),
        path=OuterRef("path"),
        sent_at__gte=OuterRef("opens_at"),
    )
    soon = at + timedelta(hours=settings.SUPPLEMENT_REMIND_HOURS)
    rows: QuerySet[SupplementWindow] = SupplementWindow.objects.filter(
        ~Exists(told), is_on=True, opens_at__lte=at, closes_at__gt=at, closes_at__lte=soon
    )
    return rows


def _due(project: Project, at: datetime) -> Sequence[Due]:
    """Who may still report, has not, and has no other time that lasts longer; a constant number of statements."""
    rows = _ending(at).filter(project=project)
    ends = dict(rows.values_list("organization_id", "closes_at"))
    late = Filing.objects.of_project(project).filter(
        organization_id__in=list(ends), status__in=EDITABLE, maintained=False
    )
    filings = list(late.select_related("organization", "project").order_by("path"))
    branch = read_branch(filings)
    return [
        (filing, ends[filing.organization_id])
        for filing, timing in zip(filings, timings_for(project, filings), strict=True)
        if timing.closes_at(at) == ends[filing.organization_id] and not branch.is_frozen(filing)
    ]


def _letter(filing: Filing, end: datetime) -> Letter:
    project = filing.project
    return Letter(
        path=filing.path,
        title=f"补报即将截止：{project.name}",
        body=f"您单位在“{project.name}”的补报将于 {end_in_words(end)} 截止，目前尚未上报，请尽快完成上报。",
        url=url_of(filing),
        project_id=project.pk,
    )


def _entry(project: Project, filing: Filing) -> Entry:
    name = filing.organization.name
    return Entry(
        verb="补报提醒",
        object=name,
        sentence=f"提醒{name}：在“{project.name}”的补报即将截止",
        path=filing.path,
        project_code=project.code,
    )
