"""A published project on the test tree whose filings have no lines: what the chain itself does, nothing else."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.exchange.files.columns import Column
from apps.organizations.models import Organization, Tier
from apps.projects.domain.corrections.fields import Change, Effect
from apps.projects.models import (
    CatalogItem,
    Participation,
    Phase,
    Project,
    ProjectKind,
    ProjectWindow,
)
from apps.review.domain.kinds import Detail, Kept, Problem, Reach, register_kind
from apps.review.domain.tree import plant_tree
from apps.review.models import Filing


class Paper:
    """Filings without lines: always complete. Remembers what the chain told it."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int]] = []
        self.open_work: dict[int, list[Problem]] = {}
        self.shown: list[tuple[str, str]] = []
        self.above: list[tuple[str, str]] = []
        self.begun: dict[int, datetime] = {}
        self.resting: list[int] = []

    def findings(self, _project: Project) -> tuple[list[str], list[str]]:
        return [], []

    def on_publish(self, _project: Project, *, by: Actor) -> None:
        self.told.append(("publish", 0))

    def drawn(self, _project: Project) -> list[str]:
        return [f"{len(self.begun)} 家已经保存"] if self.begun else []

    def on_unpublish(self, _project: Project) -> None:
        self.told.append(("unpublish", 0))

    def ask_incomplete(self, filing: Filing) -> None:
        """Nothing is asked."""

    def incomplete(self, filings: Sequence[Filing], asked: None = None) -> dict[int, list[Problem]]:
        return {f.pk: self.open_work[f.pk] for f in filings if f.pk in self.open_work}

    def freeze(self, filings: Sequence[Filing]) -> None:
        self.told += [("freeze", filing.pk) for filing in filings]

    def unfreeze(self, filings: Sequence[Filing]) -> None:
        self.told += [("unfreeze", filing.pk) for filing in filings]

    def restore(self, filings: Sequence[Filing]) -> None:
        self.told += [("restore", filing.pk) for filing in filings]

    def point_at(self, filing: Filing, lines: Sequence[int]) -> int:
        self.told += [("point_at", line) for line in lines]
        return len(lines)

    def named(self, _filing: Filing, lines: Sequence[int]) -> list[str]:
        return [f"第 {line} 条" for line in lines]

    def on_lapse(self, filings: Sequence[Filing]) -> None:
        self.told += [("lapse", filing.pk) for filing in filings]

    def effect(self, change: Change) -> Effect:
        return change.effect

    def reach(self, _project: Project, _changes: Sequence[Change]) -> list[Reach]:
        return []

    def objection(self, _changes: Sequence[Change]) -> str:
        return ""

    def touched(self, _project: Project, _changes: Sequence[Change]) -> list[int]:
        return self.resting

    def on_correct(
        self, _project: Project, _changes: Sequence[Change], filings: Sequence[int]
    ) -> None:
        self.told += [("correct", pk) for pk in filings]

    def on_add(self, _project: Project, _item: CatalogItem, filings: Sequence[int]) -> None:
        self.told += [("add", pk) for pk in filings]

    def lines_page(self) -> str:
        return "review:filing_list"

    def settling_page(self) -> str:
        return ""

    def figures(self, filings: Sequence[Filing]) -> dict[int, list[tuple[str, str]]]:
        return {f.pk: self.shown if f.is_institution else self.above or self.shown for f in filings}

    def marking(self, _kind: str) -> None:
        """Papers hold nothing that could be odd."""

    def started(self) -> Q:
        return Q(pk__in=self.begun)

    def last_saved(self, filings: Sequence[Filing]) -> dict[int, datetime]:
        return {filing.pk: self.begun[filing.pk] for filing in filings if filing.pk in self.begun}

    def kept(self, _filings: Sequence[Filing]) -> dict[int, Kept]:
        return {}

    def report_columns(self) -> Sequence[Column]:
        return [Column("name", "名称")]

    def detail(self, _filing: Filing, _params: Mapping[str, str]) -> Detail:
        return Detail("review/_no_lines.html")


def register_paper() -> Paper:
    paper = Paper()
    register_kind(ProjectKind.HISTORY, paper)
    return paper


def draft_project(institutions: Sequence[Organization], **fields: Any) -> Project:
    """A project in preparation in which these institutions take part, every tier's window open."""
    now = timezone.now()
    window = fields.pop("window", (now - timedelta(days=1), now + timedelta(days=10)))
    fields.setdefault("code", "PAPER")
    fields.setdefault("institution_withdrawal", "direct")
    project = Project.objects.create(name="测试项目", kind=ProjectKind.HISTORY, **fields)
    Project.objects.filter(pk=project.pk).update(phase=Phase.PREPARING)
    Participation.objects.bulk_create(
        Participation(project=project, organization=unit, path=unit.path) for unit in institutions
    )
    ProjectWindow.objects.bulk_create(
        ProjectWindow(project=project, tier=tier, opens_at=window[0], closes_at=window[1])
        for tier in Tier
    )
    return project


def planted(institutions: Sequence[Organization], **fields: Any) -> Project:
    """The same, published; `before_planting` gets the project while it is in preparation."""
    before_planting = fields.pop("before_planting", lambda _project: None)
    project = draft_project(institutions, **fields)
    before_planting(project)
    plant_tree(project)
    Project.objects.filter(pk=project.pk).update(phase=Phase.PUBLISHED, published_at=timezone.now())
    project.refresh_from_db()
    return project


def move_window(project: Project, tier: Tier, opens_at: datetime, closes_at: datetime) -> None:
    ProjectWindow.objects.filter(project=project, tier=tier).update(
        opens_at=opens_at, closes_at=closes_at
    )


def filing_of(project: Project, unit: Organization | User) -> Filing:
    """The filing of a unit, or of an account's unit."""
    organization = unit.organization if isinstance(unit, User) else unit
    return Filing.objects.get(project=project, organization=organization)
