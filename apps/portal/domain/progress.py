"""填报进度: how many institutions below a unit stand where, level by level; two statements whatever the country's size.

Invariant: every participating institution below the unit is counted in exactly one stage of exactly one area.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Count, F, Q, QuerySet, TextChoices, Value, When

from apps.accounts.domain.logins import last_logins
from apps.notices.models import Message, MessageKind
from apps.review.domain.kinds import kind_of
from apps.review.domain.labels import status_text, status_tone
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, Status
from apps.scope.paths import in_subtree, lineage


class Stage(TextChoices):
    """Where an institution stands; what the tier above calls 未上报 is told apart by whether anything was saved."""

    NOT_STARTED = "not_started", "未开始"
    SAVED = "saved", "已保存"
    SUBMITTED = "submitted", "待审核"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "审核通过"
    LAPSED = "lapsed", "未报"

    @property
    def tone(self) -> str:
        return TONES[self.value]


TONES = {
    "not_started": "neutral",
    "saved": "working",
    "submitted": "waiting",
    "returned": "returned",
    "approved": "success",
    "lapsed": "closed",
}
LATE = (Stage.NOT_STARTED, Stage.SAVED, Stage.RETURNED)
"""Who still has something to do, and may be reminded of it."""


def institutions_below(top: Filing) -> QuerySet[Any]:
    """The institutions that take part at or below a filing, each with its `stage`."""
    begun = kind_of(top).started()
    stage = Case(
        When(Q(status=Status.DRAFT) & begun, then=Value(Stage.SAVED.value)),
        When(status=Status.DRAFT, then=Value(Stage.NOT_STARTED.value)),
        default=F("status"),
        output_field=CharField(),
    )
    rows = Filing.objects.filter(in_subtree(top.path), project_id=top.project_id)
    institutions: QuerySet[Any] = rows.institutions().exclude(status=Status.EXCLUDED)
    return institutions.annotate(stage=stage)  # type: ignore[no-any-return]


@dataclass(slots=True)
class Area:
    """A bureau directly below, with its institutions at any depth by stage; or those that hang on the unit itself."""

    filing: Filing | None
    counts: dict[str, int] = field(default_factory=dict)
    shown: tuple[Stage, ...] = tuple(Stage)

    def add(self, stage: str, number: int) -> None:
        self.counts[stage] = self.counts.get(stage, 0) + number

    @property
    def pk(self) -> int:
        return self.filing.pk if self.filing else 0

    @property
    def name(self) -> str:
        return self.filing.organization.name if self.filing else "直属医疗机构"

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def figures(self) -> list[tuple[Stage, int]]:
        return [(stage, self.counts.get(stage, 0)) for stage in self.shown]

    @property
    def done(self) -> int:
        """Reported and not given back."""
        return self.counts.get(Stage.SUBMITTED, 0) + self.counts.get(Stage.APPROVED, 0)

    @property
    def rate(self) -> str:
        """How many of a hundred have reported."""
        return f"{self.done * 100 // self.total}%" if self.total else "—"

    @property
    def late(self) -> int:
        return sum(self.counts.get(stage, 0) for stage in LATE)

    @property
    def is_late(self) -> bool:
        """Whether the bureau itself has still to submit."""
        return self.filing is not None and self.filing.state in EDITABLE

    @property
    def status(self) -> tuple[str, str]:
        """The bureau's own package in words, with its tone."""
        if self.filing is None:
            return "—", "neutral"
        return status_text(self.filing), status_tone(self.filing)


@dataclass(frozen=True, slots=True)
class Overall:
    """The areas below a unit, and all of them together."""

    areas: tuple[Area, ...]
    whole: Area

    @property
    def figures(self) -> list[tuple[Stage, int]]:
        return self.whole.figures


def overall(top: Filing) -> Overall:
    """Two statements: the bureaus directly below, and the institutions counted by parent and stage."""
    children = Filing.objects.children_of(top).bureaus().select_related("organization")
    areas = {child.path: Area(child) for child in children.order_by("path")}
    direct, whole = Area(None), Area(top)
    rows = institutions_below(top).order_by().values_list("parent__path", "stage")
    for parent_path, stage, number in rows.annotate(Count("pk")):
        home = next((areas[path] for path in lineage(parent_path) if path in areas), direct)
        home.add(stage, number)
        whole.add(stage, number)
    found = [*areas.values(), *([direct] if direct.total else [])]
    stages = tuple(stage for stage in Stage if stage != Stage.LAPSED or stage in whole.counts)
    for area in (whole, *found):
        area.shown = stages
    return Overall(tuple(found), whole)


@dataclass(frozen=True, slots=True)
class Activity:
    """What is known of one unit's work: last login, last save, last reminder and whether it was read."""

    login: datetime | None = None
    saved: datetime | None = None
    reminded: datetime | None = None
    read: datetime | None = None


def activity_of(filings: Sequence[Filing]) -> dict[int, Activity]:
    """By filing id; three statements for a page of rows."""
    if not filings:
        return {}
    logins = last_logins(filing.organization_id for filing in filings)
    saved = kind_of(filings[0]).last_saved(filings)
    reminders = last_reminders(filings)
    return {
        filing.pk: Activity(
            logins.get(filing.organization_id),
            saved.get(filing.pk),
            *reminders.get(filing.path, (None, None)),
        )
        for filing in filings
    }


def last_reminders(
    filings: Sequence[Filing],
) -> dict[str, tuple[datetime | None, datetime | None]]:
    """By path, when each unit was last reminded in this project and when that was read."""
    rows = Message.objects.filter(
        project_id=filings[0].project_id,
        kind=MessageKind.REMINDER,
        path__in=[filing.path for filing in filings],
    )
    latest = rows.order_by("path", "-sent_at", "-pk").distinct("path")
    return {
        path: (sent, read) for path, sent, read in latest.values_list("path", "sent_at", "read_at")
    }
