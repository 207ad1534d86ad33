"""维护及审核状态 of a line (S2-18, S2-35): how far the institution is with it, then where its filing stands."""

from apps.reporting.domain.sheet.rows import Row
from apps.reporting.domain.sheet.sql import LineNow
from apps.reporting.models import DemandLine
from apps.review.domain.labels import status_text, status_tone
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE

BLANK, KEPT, SAVED, TO_CORRECT = "blank", "kept", "saved", "correct"
LINE_STATUSES = {
    BLANK: ("未填", "neutral"),
    KEPT: ("暂存", "working"),
    SAVED: ("已保存", "success"),
    TO_CORRECT: ("待修改", "warning"),
}


def line_status(line: DemandLine | LineNow | None, filing: Filing) -> str:
    """Before 上报. What was reported once counts as 已保存 until it is typed anew (上报 saves the rest)."""
    if line is None or (line.planned is None and not line.to_correct):
        return BLANK
    if line.to_correct:
        return TO_CORRECT
    reported = filing.submitted_at is not None and line.updated_at <= filing.submitted_at
    return SAVED if line.is_saved or reported else KEPT


def status_of(row: Row, filing: Filing) -> tuple[str, str]:
    """Label and tone: the line's own while the institution works, the filing's afterwards."""
    if filing.state in EDITABLE:
        return LINE_STATUSES[line_status(row.line, filing)]
    return status_text(filing), status_tone(filing)
