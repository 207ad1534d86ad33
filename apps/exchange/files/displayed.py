"""What Excel shows of a number: as text columns must know it, which hold what somebody typed.

Invariant: `plain_number` gives digits only where they are certain to be what was typed; `displayed` is for sentences.
"""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

GENERAL = "General"
ERROR = "error"  # in place of a number format: the cell holds one of Excel's error values
LONGEST_FORMAT = 255  # characters that Excel allows
TOKEN = re.compile(
    r"""\[([^\]]*)\]|"([^"]*)"|\\(.)|_.|\*.|(;)""", re.DOTALL
)  # what is no digit's place
PLACE = re.compile(r"[0#?@]|general|g/", re.IGNORECASE)
SHAPES = re.compile(r"[-+0#?@.,/%() ]|general|g/通用格式|[eE][+-]", re.IGNORECASE)
SCALED = re.compile(r"[0#?],+(?![0#?,])")
CONDITION = re.compile(r"\[[<>=]")
CURRENCY = re.compile(r"\$([^-]*)")
SAY_NOTHING = " +()\u00a0\u3000"
DATE_PARTS = re.compile(r"yyyy|yy|mmmmm|mmmm|mmm|mm|m|dddd|ddd|dd|d|hh|h|ss|s", re.IGNORECASE)
ZEROS = re.compile(r"0+")
SHOWN_BY_GENERAL = 10**11
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Section:
    """Of a number format what shapes the digits (`0_ ;[Red]-0` is `0`), and the words that stand around them.

    `is_other`: digits are spelled out, divided by thousands, or left out; so what is shown is another number, or none.
    """

    bare: str
    before: str = ""
    behind: str = ""
    is_other: bool = False

    @property
    def words(self) -> str:
        """What says more than signs and blanks do."""
        return f"{self.before}{self.behind}".strip(SAY_NOTHING)


@lru_cache(maxsize=1_000)
def sections_of(number_format: str) -> tuple[Section, ...]:
    """For numbers above zero, below it, and zero, as far as the format tells them apart."""
    drafts = [Draft()]
    at = 0
    for token in TOKEN.finditer(number_format):
        drafts[-1].take(number_format[at : token.start()])
        at = token.end()
        bracket, quoted, escaped, end = token.groups()
        money = CURRENCY.match(bracket or "")
        drafts[-1].around[drafts[-1].is_behind] += quoted or escaped or (money[1] if money else "")
        drafts[-1].spells |= (bracket or "").upper().startswith("DBNUM")
        if end:
            drafts.append(Draft())
    drafts[-1].take(number_format[at:])
    return tuple(draft.section() for draft in drafts)


@dataclass(slots=True)
class Draft:
    """A section under way."""

    bare: str = ""
    around: list[str] = field(default_factory=lambda: ["", ""])
    is_behind: bool = False
    spells: bool = False

    def take(self, plain: str) -> None:
        """What stands outside of quotes: the places of digits, and words that nobody has quoted."""
        self.bare += plain
        place = PLACE.search(plain)
        cut = place.start() if place else len(plain)
        self.around[self.is_behind] += SHAPES.sub("", plain[:cut])
        self.is_behind |= place is not None
        self.around[1] += SHAPES.sub("", plain[cut:])

    def section(self) -> Section:
        is_blank = not (self.bare.strip() or any(self.around))
        is_other = self.spells or is_blank or SCALED.search(self.bare) is not None
        before, behind = self.around
        return Section(self.bare.strip(), before, behind, is_other)


@lru_cache(maxsize=1_000)
def shows_numbers(number_format: str) -> bool:
    """Whether it shows every number as the number that it is, with nothing but digits and signs."""
    return not CONDITION.search(number_format) and not any(
        each.is_other or each.words or "%" in each.bare for each in sections_of(number_format)
    )


def section_for(number: float, number_format: str) -> Section | None:
    """The section that shows the number; None where a condition decides between different ones."""
    found = sections_of(number_format or GENERAL)
    if CONDITION.search(number_format):
        return found[0] if len({(each.bare, each.words) for each in found}) == 1 else None
    place = 0 if number > 0 else 1 if number < 0 else 2
    return found[place] if place < len(found) else found[0]


def plain_number(number: float, number_format: str) -> str | None:
    """A number as its digits, with the zeros of its format; None where the format shows another thing."""
    section = section_for(number, number_format)
    if section is None or section.is_other or f"{section.before}{section.behind}".strip():
        return None
    bare = section.bare
    is_whole = not isinstance(number, float) or number.is_integer()
    if bare.lower() in {"general", "g/通用格式", "@"}:
        return str(int(number)) if is_whole else format(number, ".15g")
    if is_whole and (bare == "#" or ZEROS.fullmatch(bare)):
        return str(int(number)).zfill(len(bare) if bare != "#" else 0)
    return None


def is_shown_otherwise(number: float, number_format: str) -> bool:
    """Whether the cell shows another number than it holds, or nobody can tell; a zero may be left out."""
    section = section_for(number, number_format)
    return section is None or (section.is_other and number != 0)


def is_share(number: float, number_format: str) -> bool:
    """Whether the cell shows a hundred times what it holds: a % that is a word of the format changes nothing."""
    section = section_for(number, number_format)
    return section is not None and "%" in section.bare


def words_around(number: float, number_format: str) -> str:
    """What the format writes beside the digits (`0"盒"`), but for signs and blanks."""
    section = section_for(number, number_format)
    return section.words if section else ""


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
            section = section_for(raw, number_format) or Section(GENERAL)
            digits = _number(raw, section.bare) if PLACE.search(section.bare) else ""
            return f"{section.before}{digits}{section.behind}".strip()
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
