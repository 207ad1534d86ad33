"""What an institution still has to do before 上报 (S1-53)."""

from collections.abc import Sequence

from django.db.models import Count, Q

from apps.allocation.models import AllocationRow
from apps.review.domain.kinds import Problem
from apps.review.models import Filing

SELECTED_PAGE = "allocation:selected_list"
PENDING_PAGE = "allocation:pending_list"

_OPEN_LINES = Q(selected_confirmed_at__isnull=True)
_OPEN_ROWS = Q(pending__gt=0, is_excluded=False, pending_confirmed_at__isnull=True)


def open_work(filings: Sequence[Filing]) -> dict[int, list[Problem]]:
    """By filing id; complete filings are absent. One statement."""
    counts = (
        AllocationRow.objects.filter(filing__in=[filing.pk for filing in filings])
        .with_selected_lines()
        .values("filing_id")
        .annotate(
            selected=Count("selected_lines", filter=_OPEN_LINES),
            pending=Count("pk", filter=_OPEN_ROWS, distinct=True),
        )
        .filter(Q(selected__gt=0) | Q(pending__gt=0))
    )
    return {
        row["filing_id"]: [
            *_problem(row["selected"], "中选产品采购量还有 {} 项没有确认", SELECTED_PAGE),
            *_problem(row["pending"], "待分配量还有 {} 项没有确认", PENDING_PAGE),
        ]
        for row in counts
    }


def _problem(count: int, text: str, page: str) -> list[Problem]:
    return [Problem(text.format(f"{count:,}"), page)] if count else []
