"""What Excel shows of a number: as text columns must know it, which hold what somebody typed.

Invariant: `plain_number` gives digits only where they are certain to be what was typed; `displayed` is for sentences.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

ERROR = "error"  # in place of a number format: the cell holds one of Excel's error values
SECTION = re.compile(r"""\[[^\]]*\]|"[^"]*"|\\.|_.|\*.""")  # colours and locales, literals, pads
DATE_PARTS = re.compile(r"yyyy|yy|mmmmm|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s", re.IGNORECASE)
ZEROS = re.compile(r"0+")
SHOWN_BY_GENERAL = 10**11
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def bare_format(number_format: str) -> str:
    """Of the first section what shapes the digits: `0_ ;[Red]-0` is `0`."""
    return SECTION.sub("", number_format.split(";", maxsplit=1)[0]).strip()


def plain_number(number: float, number_format: str) -> str | None:
    """A number as its digits, with the zeros of its format; None where the format shows another thing."""
    bare = bare_format(number_format)
    is_whole = not isinstance(number, float) or number.is_integer()
    if bare.lower() in {"general", "g/通用格式", "@", ""}:
        return str(int(number)) if is_whole else format(number, ".15g")
    if is_whole and (bare == "#" or ZEROS.fullmatch(bare)):
        return str(int(number)).zfill(len(bare) if bare != "#" else 0)
    return None


def displayed(raw: Any, number_format: str) -> str:
    """About what the cell shows."""
    match raw:
        case bool():
            return str(raw).upper()
        case datetime() | date() | time():
            return _moment(raw, number_format)
        case timedelta():
            minutes, seconds = divmod(int(raw.total_seconds()), 60)
            return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
        case int() | float():
            return _number(raw, bare_format(number_format))
    return str(raw)


def _number(number: float, bare: str) -> str:
    decimals = len(re.sub(r"[^0#?]", "", bare.partition(".")[2].partition("E")[0]))
    if "%" in bare:
        return f"{number * 100:.{decimals}f}%"
    if "E+" in bare.upper():
        return f"{number:.{decimals}E}"
    if "0" in bare or "#" in bare:
        return f"{number:,.{decimals}f}" if "," in bare else f"{number:.{decimals}f}"
    if abs(number) >= SHOWN_BY_GENERAL:
        return f"{number:.5E}"
    return format(number, ".10g")


def _moment(raw: Any, number_format: str) -> str:
    """By the tokens of the format; minutes are told from months by what stands before them."""
    if isinstance(raw, time):
        return f"{raw:%H:%M:%S}".removesuffix(":00")
    bare = (
        re.sub(r"\[[^\]]*\]", "", number_format.split(";", maxsplit=1)[0])
        .replace("\\", "")
        .replace('"', "")
    )
    if not DATE_PARTS.search(bare) or bare.lower().startswith("general"):
        return f"{raw:%Y-%m-%d}"
    parts, after_hour = [], False
    for token in re.split(f"({DATE_PARTS.pattern})", bare, flags=re.IGNORECASE):
        parts.append(_part(raw, token.lower(), is_minute=after_hour) if token else "")
        if DATE_PARTS.fullmatch(token):
            after_hour = token.lower().startswith("h")
    return "".join(parts)


def _part(raw: Any, token: str, *, is_minute: bool) -> str:
    hour, minute, second = (getattr(raw, name, 0) for name in ("hour", "minute", "second"))
    parts = {
        "yyyy": f"{raw.year}", "yy": f"{raw.year % 100:02d}", "mmm": MONTHS[raw.month - 1],
        "mmmm": MONTHS[raw.month - 1], "mm": f"{raw.month:02d}", "m": str(raw.month), "dd": f"{raw.day:02d}",
        "d": str(raw.day), "hh": f"{hour:02d}", "h": str(hour), "ss": f"{second:02d}", "s": str(second),
    }  # fmt: skip
    if is_minute and token in {"m", "mm"}:
        return f"{minute:02d}"
    return parts.get(token, token if not DATE_PARTS.fullmatch(token) else "")
