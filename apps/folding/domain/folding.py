"""How one text is written in one way: `canonical` and `one_line` as it is stored, `folded` as it is compared.

Invariant: what looks the same is stored the same, and a search and what it searches are folded by the same tables,
here, in `static/js/folding.js` and in the database's function `folded` (`sql.py`). Pure; no Django.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, TypeVar

Value = TypeVar("Value")

# What nobody sees: controls, soft hyphens, zero widths, marks of direction, variation selectors.
UNSEEN = (
    r"\u0001-\u0008\u000b\u000c\u000e-\u001f\u007f-\u0084\u0086-\u009f\u00ad\u200b-\u200f"
    r"\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff"
)
SPACES = r"\u0009\u000a\u000d\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
RETURN = "_x000[dD]_"  # how Excel writes a carriage return inside a cell
INVISIBLE = re.compile(rf"[\0{UNSEEN}]|{RETURN}")
DROPPED = re.compile(rf"[\0{UNSEEN}{SPACES}]|{RETURN}")
OTHER_SPACES = re.compile(r"[\u00a0\u1680\u2000-\u200a\u202f\u205f]")

# The radicals that PDFs give instead of the characters (Unicode's equivalent unified ideographs). Of the first
# block NFKC knows all; of the supplement two.
RADICALS = "⺁⺂⺃⺄⺅⺆⺇⺈⺉⺊⺋⺌⺍⺎⺏⺐⺑⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺟⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺵⺶⺷⺸⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻇⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻞⻟⻠⻡⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲⻳"  # noqa: E501
IDEOGRAPHS = "厂乛乚乙亻冂𠘨刀刂卜㔾小小兀尣尢𡯂巳幺彑彐忄心扌攵旡日月歺母民氵氺灬爫爫丬牛犭王𤴔目示礻𥫗糹纟罓罒㓁冗𦉫羊𦍌𦍋耂肀聿肉𦥑艹艹艹虎衤覀西见角𧢲讠贝𧾷车辶辶辶邑钅長镸长门𨸏阝雨青韦页风飞食𩙿飠饣𩠐马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀龟"  # noqa: E501
KANGXI = "".join(map(chr, range(0x2F00, 0x2FD6)))
# As characters: on the mainland the door's radical stands for 户, which NFKC takes for 戶.
UNIFIED = str.maketrans(
    KANGXI + RADICALS, unicodedata.normalize("NFKC", KANGXI).replace("戶", "户") + IDEOGRAPHS
)
# What is taken for the same when two texts are compared.
ALIKE_FROM, ALIKE_TO = "−–—‒―‐‑﹣－戶", "---------户"
ALIKE = str.maketrans(ALIKE_FROM + RADICALS, ALIKE_TO + IDEOGRAPHS)
MINUS_SIGNS = str.maketrans(dict.fromkeys("−–—‒―‐‑﹣－", "-"))
# Between two characters of Chinese a line break is one of the page, not of the name.
WIDE = r"[\u2e80-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
# Most names: they are written in the one way already.
ORDINARY = re.compile(r"[!-~\u4e00-\u9fff\uff01-\uff5e\u3001\u3002\u00b7]*")
BROKEN_LINE = re.compile(rf"(?<={WIDE})[ \t]*(?:\r\n|[\n\r\u2028\u2029])\s*(?={WIDE})")


def visible(text: str) -> str:
    """Without characters that nobody sees."""
    return text if text.isascii() and text.isprintable() else INVISIBLE.sub("", text)


def canonical(text: str) -> str:
    """As it is stored, its lines kept: NFC, characters instead of radicals, nothing unseen, ordinary spaces."""
    if text.isascii() and text.isprintable():
        return text if "_x000" not in text else INVISIBLE.sub("", text)
    seen = OTHER_SPACES.sub(" ", INVISIBLE.sub("", text)).translate(UNIFIED)
    return unicodedata.normalize("NFC", seen)


def one_line(text: str) -> str:
    """A name or the like as it is stored: canonical, trimmed, white space as one blank, none where a line broke."""
    if ORDINARY.fullmatch(text) and "_x000" not in text:
        return text
    return " ".join(BROKEN_LINE.sub("", canonical(text)).split())


def half_width(text: str) -> str:
    """In one line, its blanks kept: what a quantity or a date is read from."""
    return one_line(unicodedata.normalize("NFKC", text))


def narrow(text: str) -> str:
    """A code or a number as it is stored: half-width, no white space; case as written."""
    if text.isascii() and text.isalnum():
        return text
    once = DROPPED.sub("", unicodedata.normalize("NFKC", text)).translate(MINUS_SIGNS)
    return unicodedata.normalize("NFKC", once.translate(UNIFIED))


def folded(text: str) -> str:
    """What two texts are compared by: width, case, white space, radicals, dashes and unseen characters don't matter."""
    if text.isascii() and text.isalnum():
        return text.lower()
    once = DROPPED.sub("", unicodedata.normalize("NFKC", text)).translate(ALIKE)
    return unicodedata.normalize("NFKC", once).lower().replace("ς", "σ")


def words_of(query: str) -> list[str]:
    """The words of what somebody searches for, folded."""
    return [word for part in canonical(query).split() if (word := folded(part))]


def is_said(query: str, *texts: str) -> bool:
    """Whether every word of a search stands in one of the texts; a search for nothing finds all."""
    words = words_of(query)
    if not words:
        return True
    known = [folded(text) for text in texts]
    return all(any(word in text for text in known) for word in words)


class ByFolded(dict[str, Value]):
    """What is known by its code or name: `known.get("h4201")` finds what is stored under `H4201`.

    Keys are folded as they come in and as they are asked for.
    """

    def __init__(self, pairs: Iterable[tuple[str, Value]] = ()) -> None:
        super().__init__((folded(key), value) for key, value in pairs)

    def __getitem__(self, key: str) -> Value:
        return super().__getitem__(folded(key))

    def __setitem__(self, key: str, value: Value) -> None:
        super().__setitem__(folded(key), value)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and super().__contains__(folded(key))

    def get(self, key: str, default: Any = None) -> Any:
        return super().get(folded(key), default)
