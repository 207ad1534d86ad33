"""What happened to an institution's own filing and may be appealed: returns, 代分 and what else was decided for it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import F
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.projects.models import Project
from apps.review.domain.appeals.matters import (
    ALLIANCE,
    Answerer,
    Matter,
    may_appeal,
    own_filing,
)
from apps.review.models import About, Filing, FilingEvent
from apps.review.models.statuses import Action
from apps.ui.formats import moment

APPEALABLE = frozenset(
    {
        Action.RETURN,
        Action.CORRECT,
        Action.ADD,
        Action.LAPSE,
        Action.EXCLUDE,
        Action.REPORT_FOR,
        Action.SUBSTITUTE,
    }
)


def find_event(project: Project, by: Actor, key: int) -> Matter | None:
    """An event of the own filing. Who acted answers, the alliance for the system and for 代分."""
    filing = own_filing(project, by)
    rows = FilingEvent.objects.filter(filing=filing, action__in=APPEALABLE, pk=key)
    event: Any = rows.annotate(acted_at=F("actor__organization__path")).first() if filing else None
    if filing is None or event is None:
        return None
    done, who = event.get_action_display(), event.organization_name or event.actor_name
    why = f"：{event.reason}" if event.reason else ""
    return Matter(
        about=About.DESIGNATION if event.action == Action.SUBSTITUTE else About.RETURN,
        title=f"{done}（{moment(event.at)}）",
        said=f"{moment(event.at)} {who} {done}{why}"[:1_000],
        page=reverse("review:filing_detail", args=[project.code, filing.pk]),
        at=event.at,
        answerer=Answerer(event.acted_at, event.organization_name) if event.acted_at else ALLIANCE,
        filing=filing,
    )


def appealable(filing: Filing, history: Sequence[FilingEvent], by: Actor) -> frozenset[int]:
    """Of a history, the events that its own institution may appeal."""
    unit = by.organization
    if unit is None or unit.pk != filing.organization_id or not may_appeal(filing.project, by):
        return frozenset()
    return frozenset(event.pk for event in history if event.action in APPEALABLE)
