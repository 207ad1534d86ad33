"""Quantities as clerks type them: `１２０盒` is 120 packs, `14,976` is smallest units. Pure; no Django.

`static/js/allocation-quantities.js` is its twin in the page.
"""

import re
import unicodedata

PACK_WORDS = frozenset({"盒", "瓶", "袋", "包", "板", "罐", "筒", "箱", "件", "套"})
TYPED = re.compile(r"^(\d{1,15})(\D*)$")


class QuantityUnreadable(ValueError):
    """What was typed is no whole quantity; the sentence says what to type."""


def parse_quantity(typed: str, *, pack: int, unit: str) -> int | None:
    """Smallest units; `None` for blank. A pack word multiplies, unless it is the smallest unit itself."""
    text = "".join(unicodedata.normalize("NFKC", typed).replace(",", "").split())
    if not text:
        return None
    found = TYPED.match(text)
    if not found:
        raise QuantityUnreadable(
            f"“{typed.strip()}”不是整数，请填最小单位（{unit}）的整数，或如 120盒"
        )
    number, word = int(found[1]), found[2]
    if word in {"", unit}:
        return number
    if word in PACK_WORDS:
        return number * pack
    raise QuantityUnreadable(f"不认识单位“{word}”，请填 {unit} 的整数，或如 120盒")
