"""The kind of filing that allocation is: what the review chain asks of it, all of it set-based."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.completeness import open_work
from apps.allocation.domain.corrections import following
from apps.allocation.domain.kept.versions import kept_of
from apps.allocation.domain.publication.checks import findings
from apps.allocation.domain.publication.planting import plant_volumes
from apps.allocation.domain.reports import keep_reports, put_back, release
from apps.allocation.domain.totals import Sum, delete_totals, sums_of, write_totals
from apps.allocation.files.columns import REPORT_COLUMNS
from apps.allocation.pages.detail import detail_of
from apps.exchange.files.columns import Column
from apps.projects.domain.corrections.fields import Change, Effect
from apps.projects.models import CatalogItem, Project
from apps.review.domain.figures import counted, money
from apps.review.domain.kinds import Detail, Kept, Problem, Reach
from apps.review.models import Filing

from .models import AllocationRow, Slot, SlotLine


class AllocationKind:
    """Implements `apps.review.domain.kinds.FilingKind`."""

    def findings(self, project: Project) -> tuple[list[str], list[str]]:
        return findings(project)

    def on_publish(self, project: Project, *, by: Actor) -> None:
        plant_volumes(project)

    def drawn(self, project: Project) -> list[str]:
        return [
            "发布时已分出待分配量、占用产能；个别内容有误请用“更正”，整批有误请“复制”项目后重新发布"
        ]

    def on_unpublish(self, project: Project) -> None:
        """Never reached: see `drawn`."""

    def ask_incomplete(self, filing: Filing) -> None:
        """Asked when its turn comes."""

    def incomplete(self, filings: Sequence[Filing], asked: None = None) -> dict[int, list[Problem]]:
        return open_work(filings)

    def freeze(self, filings: Sequence[Filing]) -> None:
        keep_reports([filing for filing in filings if filing.is_institution])
        write_totals(filings)

    def unfreeze(self, filings: Sequence[Filing]) -> None:
        delete_totals(filings)

    def restore(self, filings: Sequence[Filing]) -> None:
        put_back(filings)

    def on_lapse(self, filings: Sequence[Filing]) -> None:
        release(filings)

    def effect(self, change: Change) -> Effect:
        return following.effect(change)

    def reach(self, project: Project, changes: Sequence[Change]) -> list[Reach]:
        return following.reach(changes)

    def objection(self, changes: Sequence[Change]) -> str:
        return following.objection(changes)

    def touched(self, project: Project, changes: Sequence[Change]) -> list[int]:
        return following.touched(changes)

    def on_correct(
        self, project: Project, changes: Sequence[Change], filings: Sequence[int]
    ) -> None:
        following.follow(changes, filings)

    def on_add(self, project: Project, item: CatalogItem, filings: Sequence[int]) -> None:
        """Never reached: what is dealt out was agreed before."""

    def lines_page(self) -> str:
        return "allocation:pending_list"

    def settling_page(self) -> str:
        """系统代分 before anything lapses (rules §3a.11)."""
        return "allocation:substitution_list"

    def figures(self, filings: Sequence[Filing]) -> dict[int, list[tuple[str, str]]]:
        sums = sums_of(filings)
        return {filing.pk: _figures(sums.get(filing.pk, Sum())) for filing in filings}

    def marking(self, kind: str) -> None:
        """Nothing: slots hold what the engine allows."""

    def started(self) -> Q:
        own = SlotLine.objects.filter(filing=OuterRef("pk"), contract__isnull=False)
        return Q(Exists(own.exclude(slot=Slot.SELECTED)))

    def point_at(self, filing: Filing, lines: Sequence[int]) -> int:
        """Rows keep it for the second pass; an institution finds its slots by what is open in them."""
        rows = AllocationRow.objects.of_filing(filing).filter(pk__in=lines)
        return int(rows.update(asked_in=filing.version))

    def named(self, filing: Filing, lines: Sequence[int]) -> list[str]:
        rows = AllocationRow.objects.of_filing(filing).filter(pk__in=lines).with_item()
        return [
            f"{row.item.variety} {row.item.specification}"
            for row in rows.order_by("item__position", "pk")
        ]

    def last_saved(self, filings: Sequence[Filing]) -> dict[int, datetime]:
        """Slots keep no time of their saves."""
        return {}

    def detail(self, filing: Filing, params: Mapping[str, str]) -> Detail:
        return detail_of(filing, params)

    def kept(self, filings: Sequence[Filing]) -> dict[int, Kept]:
        return kept_of(filings)

    def report_columns(self) -> Sequence[Column]:
        return REPORT_COLUMNS


def _figures(total: Sum) -> list[tuple[str, str]]:
    return [("协议明细", counted(total.lines, "条")), ("合同金额", money(total.amount))]
