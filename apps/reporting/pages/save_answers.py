"""What the script is told after it saved rows: states for each row, never less than was sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from apps.reporting.domain.sheet.rows import Row
from apps.reporting.domain.sheet.saving import Saved
from apps.reporting.domain.statuses import LINE_STATUSES, SAVED, line_status
from apps.review.models import Filing
from apps.ui.formats import short_moment


def saved_rows(
    filing: Filing,
    saved: Saved,
    refused: Mapping[int, str],
    settled_items: Sequence[int],
    settled: int,
) -> dict[str, Any]:
    """`rows`: [item, planned, words, version, pack mark, [status, tone]]; `conflicts` the same with the time."""
    done = set(settled_items)
    return {
        "at": f"{timezone.localtime(saved.at):%H:%M:%S}",
        "rows": [_state(filing, row, settled=pk in done) for pk, row in saved.rows.items()],
        "conflicts": [
            [
                *_state(filing, row, settled=False),
                short_moment(row.line.updated_at) if row.line else "",
            ]
            for row in saved.conflicts.values()
        ],
        "refused": [[item, sentence] for item, sentence in refused.items()],
        "settled": settled,
    }


def _state(filing: Filing, row: Row, *, settled: bool) -> list[Any]:
    is_saved = settled and row.planned is not None
    status = LINE_STATUSES[SAVED if is_saved else line_status(row.line, filing)]
    return [
        row.item.pk,
        None if row.planned is None else f"{row.planned}",
        row.words,
        row.version,
        row.pack_mark.value,
        list(status),
    ]
