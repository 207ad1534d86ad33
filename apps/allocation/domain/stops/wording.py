"""What an act says of itself: in the log, and of its product everywhere."""

from apps.allocation.models import BEGINNING, CapacityPool, ProductStop, StopAct


def name_of(pool: CapacityPool) -> str:
    """Variety, specification and enterprise."""
    return f"{pool.product.item} · {pool.product.enterprise}"


def sentence_of(made: ProductStop, pool: CapacityPool) -> str:
    """The one line of the log."""
    when = f"自 {made.from_date:%Y-%m-%d} 起" if made.act in BEGINNING else ""
    what = f"{made}：{name_of(pool)} {when}{made.get_act_display()}"
    return f"{what}{_moved(made, pool.product.item.unit)}；原因：{made.reason}"


def _moved(made: ProductStop, unit: str) -> str:
    if not made.filings or made.act not in (StopAct.CANCEL, StopAct.UNDO):
        return ""
    lines = f"；{made.filings:,} 家机构 {made.lines:,} 条明细"
    held = f"（确认量 {made.kept:,} {unit}、合同量 {made.contract:,} {unit}）"
    if made.act == StopAct.UNDO:
        return f"{lines}{held}恢复到取消之前"
    to = made.replacement
    named = f"，替补为{to.item} · {to.enterprise}" if to else ""
    short = f"，{made.unplaced:,} 项未能分配" if made.unplaced else ""
    return f"{lines}{held}由替补承接{named}{short}"


def event_words(made: ProductStop) -> str:
    """What the event of a touched filing says: which product, by whom it is replaced, why."""
    to = made.replacement
    named = f"，替补为{to.item} · {to.enterprise}" if to else ""
    return f"{made}：{made.product.item} · {made.product.enterprise}{named}；原因：{made.reason}"
