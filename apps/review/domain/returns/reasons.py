"""Reasons for a return that nobody has to type: ready-made ones, those given last, the lines that were ticked."""

from collections.abc import Sequence

from django.db.models import BigIntegerField

from apps.review.models import Filing
from apps.scope.prepared import Prepared

READY = (
    "数量与上年相差较大，请核对后修改，或说明原因。",
    "疑似把盒当成片（支）填报，请按最小制剂单位核对。",
    "签字盖章的文件与填报数据不一致，请重新下载、签章并上传。",
    "签字盖章不完整，请补齐后重新上传。",
    "有品规漏填，请补填后重新上报。",
)
RECENT, READ, NAMED = 5, 40, 5


def recent_reasons(parent_id: int | None) -> list[str]:
    """What the reviewer of these filings gave last, the latest first; one statement."""
    latest = [] if parent_id is None else LATEST(parent=parent_id)
    return [reason for reason in dict.fromkeys(latest) if reason not in READY][:RECENT]


LATEST: Prepared[str] = Prepared(
    lambda parent: (
        Filing.objects.filter(parent_id=parent)
        .exclude(return_reason="")
        .order_by("-reviewed_at", "-pk")
        .values_list("return_reason", flat=True)[:READ]
    ),
    parent=BigIntegerField(),
)
"""Read by every page of a report that may be returned."""


def about_lines(names: Sequence[str]) -> str:
    """`请核对：甲片 10mg、乙片 5mg。`; `static/js/return-reason.js` says the same."""
    if not names:
        return ""
    more = f" 等 {len(names):,} 条" if len(names) > NAMED else ""
    return f"请核对：{'、'.join(names[:NAMED])}{more}。"
