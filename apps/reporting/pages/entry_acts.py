"""What the buttons of the entry page do, each answering with the sentence that is shown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict

from apps.accounts.domain.actors import Actor
from apps.reporting.domain.refusals import ReportingRefused
from apps.reporting.domain.sheet.bulk import explain, fill_last, fill_share, fill_zero, mark_saved
from apps.reporting.domain.sheet.reporting import give_reason, report
from apps.reporting.domain.words import read_words
from apps.reporting.pages.demand_page import DemandPage
from apps.ui.formats import whole
from apps.ui.numbers import number_of

MOST_PERCENT = Decimal(1_000)


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a button: the desk, the form, the ticked rows, who and when."""

    desk: DemandPage
    data: QueryDict
    ticks: tuple[int, ...]
    by: Actor

    @property
    def place(self) -> dict[str, Any]:
        return {
            "filing": self.desk.filing,
            "project": self.desk.project,
            "by": self.by,
        }


Act = Callable[[Press], str]


class ValueMissing(ReportingRefused):
    """A dialog was sent without what it asks for."""


def keep(_asked: Press) -> str:
    """The rows of the page are saved by now."""
    return "已暂存本页填写的内容。"


def save(asked: Press) -> str:
    """保存 (S2-18, S2-19)."""
    return f"已保存 {whole(mark_saved(items=asked.ticks, **asked.place))} 个品规。"


def share(asked: Press) -> str:
    """按上年量×% 填入."""
    percent = _percent(asked.data.get("percent", ""))
    count = fill_share(items=asked.ticks, percent=percent, **asked.place)
    return f"已按上年量的 {percent}% 填入 {count:,} 个品规；没有历史采购量的品规不变。"


def last(asked: Press) -> str:
    """照上批填."""
    count = fill_last(items=asked.ticks, **asked.place)
    return f"已照上批量填入 {count:,} 个品规；上批没有的品规不变。"


def zero(asked: Press) -> str:
    """其余填 0."""
    expected = number_of(asked.data.get("expected"))
    count = fill_zero(expected=-1 if expected is None else expected, **asked.place)
    return f"其余 {count:,} 个品规已填 0。"


def words(asked: Press) -> str:
    """One 增幅降幅说明 for the ticked rows."""
    chosen, own = asked.data.get("cause", ""), asked.data.get("own_words", "")
    reason, explanation = read_words("：".join(part for part in (chosen, own.strip()) if part))
    if not reason:
        raise ValueMissing("请选择或填写增幅降幅说明。")
    count = explain(items=asked.ticks, reason=reason, explanation=explanation, **asked.place)
    return f"已为 {count:,} 个品规填写说明。"


def submit(asked: Press) -> str:
    """上报 (S2-23): the version that the page showed must still hold. The page itself says that it is reported."""
    if "total_reason" in asked.data:
        give_reason(text=asked.data.get("total_reason", ""), **asked.place)
    report(version=number_of(asked.data.get("version", "")), **asked.place)
    return ""


def reports_only(data: QueryDict) -> bool:
    """Whether nothing is to be saved before 上报."""
    return data.get("act") == "report" and not {"item", "total_reason", "next_page"} & data.keys()


ACTS: Mapping[str, Act] = {
    "keep": keep,
    "save": save,
    "share": share,
    "last": last,
    "zero": zero,
    "words": words,
    "report": submit,
}


def _percent(text: str) -> Decimal:
    try:
        percent = Decimal(text.strip().removesuffix("%"))
    except InvalidOperation:
        raise ValueMissing("请填写百分比，如 100。") from None
    if not percent.is_finite() or not 0 <= percent <= MOST_PERCENT:
        raise ValueMissing(f"百分比应在 0 到 {MOST_PERCENT} 之间。")
    return percent
