"""Tables of webhooks and of what was sent to them."""

from typing import Any

from apps.subscriptions.models import Delivery, DeliveryState, Subscription
from apps.ui.tables import CellColumn, Column, ListTable, MomentColumn, NumberColumn
from apps.ui.tones import pill

TONES = {
    DeliveryState.WAITING: "waiting",
    DeliveryState.SENT: "success",
    DeliveryState.DEAD: "danger",
    DeliveryState.WITHHELD: "closed",
}
WRAPPED = {"td": {"class": "wrap"}}


def hook_pill(hook: Subscription) -> Any:
    """Whether it is told, and whether it is reached."""
    if not hook.is_on:
        return pill("已暂停", "closed")
    if hook.warned_at:
        return pill("未送达", "danger")
    return pill("推送中", "success")


class HookTable(ListTable):
    """事件推送: one's own."""

    caption = "事件推送"
    empty_title = "没有事件推送"
    empty_hint = "本单位的业务系统要及时知道上报、退回、截止等事件时，点右上角“新建推送”。"

    name = CellColumn("subscriptions/_name.html", verbose_name="名称", accessor="pk")
    address = Column(verbose_name="接收地址", orderable=False, attrs=WRAPPED)
    events = Column(verbose_name="事件", accessor="events_in_words", orderable=False, attrs=WRAPPED)
    below = Column(verbose_name="范围", orderable=False)
    status = Column(verbose_name="状态", accessor="is_on", orderable=False)
    created_at = MomentColumn(verbose_name="新建时间")

    def render_below(self, value: bool) -> str:  # noqa: FBT001
        return "本单位及下级" if value else "本单位"

    def render_status(self, record: Subscription) -> Any:
        return hook_pill(record)


class DeliveryTable(ListTable):
    """推送记录: each with what the receiver answered, to be sent again."""

    caption = "推送记录"
    empty_title = "还没有推送"
    empty_hint = "所选事件发生后，在这里列出每一次推送和接收方的应答。"

    created_at = MomentColumn(verbose_name="时间")
    event = Column(verbose_name="事件", accessor="event__get_name_display", orderable=False)
    state = Column(verbose_name="状态", orderable=False)
    attempts = NumberColumn(verbose_name="次数", orderable=False)
    tried_at = MomentColumn(verbose_name="最近发送")
    answer = Column(verbose_name="应答", accessor="pk", orderable=False, attrs=WRAPPED)
    id = Column(verbose_name="推送编号", orderable=False)
    actions = CellColumn("subscriptions/_resend.html", verbose_name="操作", accessor="pk")

    def render_state(self, record: Delivery) -> Any:
        return pill(record.get_state_display(), TONES[DeliveryState(record.state)])

    def render_answer(self, record: Delivery) -> str:
        told = (str(record.status_code or ""), record.answer)
        return " ".join(filter(None, told)) or "—"
