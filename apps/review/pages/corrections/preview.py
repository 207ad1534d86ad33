"""What a correction would do, as its page shows it."""

from decimal import Decimal

from apps.review.domain.rounds.correcting import Preview
from apps.review.models.statuses import Status
from apps.review.pages.act_preview import ActPreview, Figure, Head, PreviewTable

VALUES = (Head("更正项"), Head("现在", "old"), Head("更正后", "new"))
REACHED = (Head("状态"), Head("机构（家）", "num"), Head("明细（条）", "num"))
AMOUNTS = (Head("现在的金额", "num"), Head("更正后", "num"), Head("相差", "num"))


def in_words(preview: Preview) -> ActPreview:
    touched = preview.touched
    return ActPreview(
        figures=[
            Figure("涉及机构", preview.filings, "家"),
            Figure("涉及明细", preview.lines, "条"),
            Figure("将退回的机构申报", len(touched.reported), "份", "warning"),
            Figure("将退回的上级提交", len(touched.packages), "份", "warning"),
        ],
        tables=[_values(preview), *_reached(preview)],
        problems=preview.problems,
    )


def _values(preview: Preview) -> PreviewTable:
    return PreviewTable(
        title="更正前后",
        note="请逐项核对",
        heads=VALUES,
        rows=[(change.label, change.old, change.new) for change in preview.changes],
        notes=[f"{effect.value}。" for effect in preview.effects],
    )


def _reached(preview: Preview) -> list[PreviewTable]:
    """By status, with amounts where there are prices; none if nothing is reached."""
    has_amounts = any(reached.before for reached in preview.reach)
    rows = []
    for reached in preview.reach:
        amounts = (reached.before, reached.after, _difference(reached.before, reached.after))
        about = (Status(reached.status).label, reached.filings, reached.lines)
        rows.append((*about, *amounts) if has_amounts else about)
    heads = (*REACHED, *AMOUNTS) if has_amounts else REACHED
    table = PreviewTable("涉及的申报", heads, rows, note="已上报的金额保持不变")
    return [table] if rows else []


def _difference(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else after - before
