"""The kinds of filing that demand and purchase history are: what the review chain asks of them, set-based.

Both are filled in the same grid; the approved lines of a history task become the baseline of the projects that
name it (S3-31).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Q
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.exchange.files.columns import Column
from apps.projects.domain.corrections.fields import Change, Effect
from apps.projects.models import CatalogItem, Project, ProjectKind
from apps.reporting.domain import publication
from apps.reporting.domain.corrections import following
from apps.reporting.domain.lines.sql import OpenAsk
from apps.reporting.domain.oddities.marking import DemandMarking
from apps.reporting.domain.reported.versions import kept_of
from apps.reporting.domain.reports import keep_reports, put_back
from apps.reporting.domain.sheet.completeness import ENTRY_PAGE, incomplete
from apps.reporting.domain.sums import Sum, sums_of
from apps.reporting.domain.totals import forget_totals, freeze_totals
from apps.reporting.domain.totals.sql import PROGRESS, forget
from apps.reporting.files.columns import REPORT_COLUMNS
from apps.reporting.pages.detail import detail_of
from apps.review.domain.attachments.acts import restore_files
from apps.review.domain.figures import counted, money
from apps.review.domain.kinds import Detail, Kept, Marking, Problem, Reach
from apps.review.models import Filing

from .models import DemandLine, DemandProgress


class DemandKind:
    """Implements `apps.review.domain.kinds.FilingKind`."""

    def findings(self, project: Project) -> tuple[list[str], list[str]]:
        return publication.findings(project)

    def on_publish(self, project: Project, *, by: Actor) -> None:
        publication.bring_history(project)

    def drawn(self, project: Project) -> list[str]:
        return publication.drawn(project)

    def on_unpublish(self, project: Project) -> None:
        bureaus = Filing.objects.of_project(project).bureaus().values_list("pk", flat=True)
        forget(PROGRESS, list(bureaus))
        DemandProgress.objects.filter(filing__in=bureaus).delete()

    def ask_incomplete(self, filing: Filing) -> OpenAsk:
        return OpenAsk.of([filing.pk])

    def incomplete(
        self, filings: Sequence[Filing], asked: OpenAsk | None = None
    ) -> dict[int, list[Problem]]:
        return incomplete(filings, asked)

    def freeze(self, filings: Sequence[Filing]) -> None:
        keep_reports([filing for filing in filings if filing.is_institution])
        freeze_totals([filing for filing in filings if not filing.is_institution])

    def unfreeze(self, filings: Sequence[Filing]) -> None:
        """Totals go. Reports stay: what is reported next is compared with them."""
        forget_totals([filing for filing in filings if not filing.is_institution])

    def restore(self, filings: Sequence[Filing]) -> None:
        put_back(filings)
        restore_files(filings, at=timezone.now())

    def point_at(self, filing: Filing, lines: Sequence[int]) -> int:
        named = DemandLine.objects.of_filing(filing).filter(item__in=lines)
        return int(named.update(to_correct=True, is_saved=False, asked_in=filing.version))

    def named(self, filing: Filing, lines: Sequence[int]) -> list[str]:
        items = CatalogItem.objects.filter(project=filing.project_id, pk__in=lines)
        return [f"{item.variety} {item.specification}" for item in items.order_by("position", "pk")]

    def on_lapse(self, filings: Sequence[Filing]) -> None:
        """Counts as zero (rules §1): only approved reports are ever summed. What was typed waits for a 补报."""

    def effect(self, change: Change) -> Effect:
        return following.effect(change)

    def reach(self, project: Project, changes: Sequence[Change]) -> list[Reach]:
        return following.reach(changes)

    def objection(self, changes: Sequence[Change]) -> str:
        """Nothing of a demand round is limited."""
        return ""

    def touched(self, project: Project, changes: Sequence[Change]) -> list[int]:
        return following.touched(changes)

    def on_correct(
        self, project: Project, changes: Sequence[Change], filings: Sequence[int]
    ) -> None:
        following.follow(project, changes, filings)

    def on_add(self, project: Project, item: CatalogItem, filings: Sequence[int]) -> None:
        following.ask_added(project, item, filings)

    def lines_page(self) -> str:
        return ENTRY_PAGE

    def settling_page(self) -> str:
        """A demand that was not reported is zero (rules §1)."""
        return ""

    def figures(self, filings: Sequence[Filing]) -> dict[int, list[tuple[str, str]]]:
        sums = sums_of(filings)
        return {filing.pk: _figures(filing, sums.get(filing.pk, Sum())) for filing in filings}

    def marking(self, kind: str) -> Marking | None:
        return DemandMarking() if kind == ProjectKind.DEMAND else None

    def started(self) -> Q:
        return Q(Exists(DemandLine.objects.filter(filing=OuterRef("pk"))))

    def last_saved(self, filings: Sequence[Filing]) -> dict[int, datetime]:
        lines = DemandLine.objects.filter(filing__in=filings).order_by()
        return dict(lines.values_list("filing_id").annotate(Max("updated_at")))

    def detail(self, filing: Filing, params: Mapping[str, str]) -> Detail:
        return detail_of(filing, params)

    def kept(self, filings: Sequence[Filing]) -> dict[int, Kept]:
        return kept_of(filings)

    def report_columns(self) -> Sequence[Column]:
        return REPORT_COLUMNS


def _figures(filing: Filing, total: Sum) -> list[tuple[str, str]]:
    """Rows and amounts; quantities of different units are never added up."""
    counts = total.counts
    figures: list[tuple[str, str]] = [
        ("有量品规", counted(counts.wanted, "条")),
        ("明细", counted(counts.lines, "条")),
    ]
    if not filing.is_institution:
        figures.insert(0, ("填报机构", counted(total.institutions, "家")))
    if counts.amount is not None:
        figures.append(("估算金额", money(counts.amount)))
    return figures
