"""A quantity as people write it, on the page, in a block that is pasted and in a cell: one grammar. Pure; no Django.

    120   1,827.00   １２０   1 827   '120   -        whole numbers, and Excel's zero
    1200片   120盒   2盒3片   2盒余3片                  with words: packs, smallest units, both

Invariant: `static/js/allocation-quantities.js` accepts and refuses the same (tests/exchange/quantities.json); nothing
is guessed: what could be two numbers, a part of one or a number of something else is refused.
"""

import re
import unicodedata
from dataclasses import dataclass

from apps.folding.domain.folding import folded, half_width, one_line

PACK_WORDS = frozenset({"盒", "瓶", "袋", "包", "板", "罐", "筒", "箱", "件", "套"})
NUMBER = r"(?:\d{1,3}(?:[, ]\d{3})+|\d{1,15})(?:\.0*)?"
WORD = r"[^\d\s,.()+\-*/=:;~<>%]+"
WRITTEN = re.compile(
    rf"(?P<number>{NUMBER}) ?(?P<word>{WORD})?(?: ?余? ?(?P<rest>{NUMBER}) ?(?P<rest_word>{WORD}))?",
    re.ASCII,
)
ZEROS = frozenset({"-", "－", "–", "—", "−"})
MOST_DIGITS = 15
PLAIN = frozenset("0123456789０１２３４５６７８９")
SHOWN = 30


class QuantityUnreadable(ValueError):
    """What was written is no whole quantity; the sentence says what to write."""


@dataclass(frozen=True, slots=True)
class Written:
    """What a text says before anybody knows the item: `2盒3片` is 2, 盒, 3, 片. `text` as it was written."""

    text: str
    number: int
    word: str = ""
    rest: int = 0
    rest_word: str = ""

    def smallest(self, *, pack: int, unit: str) -> int:
        """In smallest units. A pack word multiplies, unless it is the smallest unit itself."""
        own = folded(unit)
        if not self.rest_word:
            return self.number * self._factor(self.word, pack, unit)
        if self.word in PACK_WORDS and self.word != own and self.rest_word == own:
            return self.number * pack + self.rest
        raise QuantityUnreadable(_refusal(self.text, unit))

    @staticmethod
    def _factor(word: str, pack: int, unit: str) -> int:
        if word in {"", folded(unit)}:
            return 1
        if word in PACK_WORDS:
            return pack
        raise QuantityUnreadable(f"不认识单位“{word}”，请填 {unit} 的整数，或如 120盒")


def read_written(text: str) -> Written | None:
    """`None` for blank. Raises `QuantityUnreadable`."""
    plain = half_width(text).removeprefix("'")
    if not plain:
        return None
    if plain in ZEROS:
        return Written(text, 0)
    match = WRITTEN.fullmatch(plain)
    if match is None or _has_odd_digits(text):
        raise QuantityUnreadable(_refusal(text, ""))
    number, rest = _whole(match["number"]), _whole(match["rest"] or "0")
    if max(number, rest) >= 10**MOST_DIGITS:
        raise QuantityUnreadable(_refusal(text, ""))
    word, rest_word = folded(match["word"] or ""), folded(match["rest_word"] or "")
    if rest_word:
        word = word.removesuffix("余")
    return Written(text, number, word, rest, rest_word)


def parse_quantity(typed: str, *, pack: int, unit: str) -> int | None:
    """Smallest units; `None` for blank. Raises `QuantityUnreadable`."""
    if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS:
        return int(typed)
    try:
        written = read_written(typed)
    except QuantityUnreadable as error:
        raise QuantityUnreadable(_refusal(typed, unit)) from error
    return None if written is None else written.smallest(pack=pack, unit=unit)


def _has_odd_digits(text: str) -> bool:
    """①, ² and ٣ are digits to Unicode, and no quantity."""
    return any(char not in PLAIN and unicodedata.category(char)[0] == "N" for char in text)


def _whole(number: str) -> int:
    return int(number.partition(".")[0].replace(",", "").replace(" ", ""))


def _refusal(text: str, unit: str) -> str:
    shown = one_line(text)
    shown = shown if len(shown) <= SHOWN else shown[: SHOWN - 1] + "…"
    if folded(text).isdecimal() and len(folded(text)) > MOST_DIGITS:
        return f"“{shown}”超出了可填写的范围"
    smallest = f"最小单位（{unit}）" if unit else "最小制剂单位"
    return f"“{shown}”不是整数，请填{smallest}的整数，或如 120盒"
