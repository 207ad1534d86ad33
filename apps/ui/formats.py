"""How numbers, money and times read on every page, in every message and in every test.

Quantities are whole numbers of the smallest unit; money is Decimal yuan; times are shown
in the project's zone (Asia/Shanghai).
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

NOTHING = "—"


def whole(value: int | Decimal | None) -> str:
    """`1284530` → `1,284,530`; nothing → an em dash."""
    if value is None:
        return NOTHING
    return f"{value:,}"


def packs(value: int | None, *, pack: int | None, unit: str = "", pack_unit: str = "盒") -> str:
    """The packs in a quantity of smallest units: `= 1,200 盒`, with a rest `= 41 盒 余 5 片`.

    Empty when there is nothing to say (no value, or packs of one).
    """
    if value is None or not pack or pack <= 1:
        return ""
    full, rest = divmod(abs(value), pack)
    return counted_packs(-full if value < 0 else full, rest, unit=unit, pack_unit=pack_unit)


def counted_packs(full: int, rest: int, *, unit: str = "", pack_unit: str = "盒") -> str:
    """Whole packs and what they leave over: `= 41 盒 余 5 片`, or hold too much: `= 42 盒 多 7 片`."""
    word = "余" if rest > 0 else "多"
    remainder = f" {word} {abs(rest):,} {unit}".rstrip() if rest else ""
    return f"= {full:,} {pack_unit}{remainder}"


def yuan(value: Decimal | int | None, *, decimals: int = 2) -> str:
    """`8452190` → `¥ 8,452,190.00`; rounds half up, for display only."""
    if value is None:
        return NOTHING
    exact = Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding="ROUND_HALF_UP")
    sign = "-" if exact < 0 else ""
    return f"{sign}¥ {abs(exact):,}"


def percent(value: Decimal | float | None, *, decimals: int = 1, signed: bool = False) -> str:
    """A rate already in percent: `17.4` → `+17.4%` (signed) or `17.4%`."""
    if value is None:
        return NOTHING
    return f"{value:{'+' if signed else ''},.{decimals}f}%"


def moment(value: datetime | None) -> str:
    """`2026-11-22 14:30`, local time."""
    if value is None:
        return NOTHING
    return timezone.localtime(value).strftime("%Y-%m-%d %H:%M")


def short_moment(value: datetime | None) -> str:
    """`11-22 14:30`; with the year when it is not this one."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    pattern = "%m-%d %H:%M" if local.year == timezone.localdate().year else "%Y-%m-%d %H:%M"
    return local.strftime(pattern)


def deadline(value: datetime | None) -> str:
    """The end of a window as people say it: an end at midnight is `11 月 25 日 24:00`."""
    if value is None:
        return NOTHING
    local = timezone.localtime(value)
    clock = local.strftime("%H:%M")
    if clock == "00:00":
        local, clock = local - timedelta(minutes=1), "24:00"
    year = "" if local.year == timezone.localdate().year else f"{local.year} 年 "
    return f"{year}{local.month} 月 {local.day} 日 {clock}"


def remaining(until: datetime, *, now: datetime) -> str:
    """`3 天 04:12`, on the last day `04:12:33`, afterwards `已截止` (same words in countdown.js)."""
    seconds = int((until - now).total_seconds())
    if seconds <= 0:
        return "已截止"
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, seconds = divmod(rest, 60)
    if days:
        return f"{days} 天 {hours:02d}:{minutes:02d}"
    return f"{hours:02d}:{minutes:02d}:{seconds:02d}"


def urgency(until: datetime, *, now: datetime) -> str:
    """The tone of a deadline: `danger` in the last day, `warning` in the last three, else none."""
    left = until - now
    if left <= timedelta(0):
        return "closed"
    if left <= timedelta(days=1):
        return "danger"
    return "warning" if left <= timedelta(days=3) else ""


def ended(text: str) -> str:
    """What somebody wrote as a sentence among others: with one full stop, whoever set it."""
    return text if text.endswith(("。", "！", "？", "；", ".", "!", "?")) else f"{text}。"
