"""审计封印: the seals over what was written down, for the alliance and for administrators."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from apps.accounts.pages.decorators import requires
from apps.audit.domain.streams import STREAMS
from apps.audit.models import Seal
from apps.portal.domain.seals import SealFilter, Standing, standing
from apps.portal.navigation import SEAL_READERS
from apps.portal.pages.reach import reach_of
from apps.ui import formats
from apps.ui.lists import build_table, matching
from apps.ui.tables import Column, ListTable, MomentColumn, NumberColumn
from apps.ui.tones import pill

MINOR = {"td": {"class": "num minor"}}
SHORT = 12
"""Characters of a digest that a list shows."""
NAMES = {"sm3": "SM3", "sha256": "SHA-256"}


class SealTable(ListTable):
    """`standing` says which of them were checked."""

    caption = "审计封印"
    empty_title = "没有符合条件的封印"
    empty_hint = "平台每分钟封存一次新的记录；放宽时间再查，或点“重置”。"

    number = Column(verbose_name="封印")
    state = Column(verbose_name="核验", accessor="pk", orderable=False)
    at = MomentColumn(verbose_name="封存时间", orderable=False)
    count = NumberColumn(verbose_name="条数", orderable=False)
    latest = Column(verbose_name="记录时间", orderable=False, attrs={"td": {"class": "num"}})
    upto = Column(verbose_name="记录编号", orderable=False, attrs=MINOR)
    content = Column(verbose_name="摘要", orderable=False, attrs=MINOR)
    key_id = Column(verbose_name="算法 / 密钥", orderable=False, attrs=MINOR)

    def __init__(self, *args: Any, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.standing = standing

    def render_number(self, record: Seal) -> str:
        stream = STREAMS.get(record.stream)
        return f"{record.number:,} {stream.title if stream else record.stream}"

    def render_latest(self, record: Seal) -> str:
        first, last = map(formats.short_moment, (record.earliest, record.latest))
        return first if first == last else f"{first} 至 {last}"

    def render_upto(self, record: Seal) -> str:
        return f"{record.after + 1:,}–{record.upto:,}"

    def render_content(self, value: str) -> str:
        return f"{value[:SHORT]}…"

    def render_key_id(self, record: Seal) -> str:
        return f"{NAMES.get(record.algorithm, record.algorithm)} / {record.key_id}"

    def render_state(self, record: Seal) -> Any:
        checked = self.standing.checked
        if record.number in self.standing.broken:
            return pill("不一致", "danger")
        if checked and record.number <= checked.upto:
            return pill("已清理" if getattr(record, "cleared", None) else "已核验", "success")
        return pill("待核验", "waiting")


@requires(roles=SEAL_READERS)
@require_GET
def seal_list(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    with reach_of(user):
        rows = Seal.objects.select_related("cleared").order_by("-number")
        filterset = SealFilter(request.GET, queryset=rows, request=request)
        now = standing()
        table = build_table(request, SealTable, matching(filterset), standing=now)
        shown = {"filter": filterset, "table": table, "standing": now, "figures": _figures(now)}
        return render(request, "audit/seal_list.html", shown)


class Figure(NamedTuple):
    label: str
    value: int | str
    unit: str = ""
    note: str = ""
    tone: str = ""


def _figures(now: Standing) -> list[Figure]:
    head, checked = now.head, now.checked
    wrong = checked.differences if checked else 0
    looked_at = f"{checked.rows:,} 条" if checked else ""
    return [
        Figure("封印", head.number if head else 0, "号"),
        Figure("最近封存", formats.short_moment(head.at) if head else "—"),
        Figure("等待封存", now.waiting_rows, "条"),
        Figure("最近核验", formats.short_moment(checked.at) if checked else "—", note=looked_at),
        Figure("不一致", wrong, "处", tone="danger" if wrong else ""),
    ]
