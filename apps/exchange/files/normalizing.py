"""What a clerk means by what stands in a cell: full-width forms, stray spaces, line breaks, invisible characters.

Invariant: text that people wrote is only trimmed; only codes, numbers, dates and titles are folded.
"""

import re
import unicodedata

INVISIBLE = dict.fromkeys([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F, 0xAD, 0xFEFF])
INVISIBLE |= dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065)])
# Excel writes a carriage return inside a cell as this.
ESCAPED_RETURN = re.compile(r"_x000[dD]_")
MINUS_SIGNS = str.maketrans({"−": "-", "–": "-", "—": "-", "﹣": "-", "－": "-"})
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def visible(text: str) -> str:
    """Without characters that nobody sees."""
    return ESCAPED_RETURN.sub("", text).translate(INVISIBLE)


def one_line(text: str) -> str:
    """Trimmed, every run of white space and line breaks as one space."""
    return " ".join(visible(text).split())


def folded(text: str) -> str:
    """Full-width forms as half-width ones, without any white space."""
    narrow = unicodedata.normalize("NFKC", visible(text)).translate(MINUS_SIGNS)
    # Once more: without white space between them, a letter and its accent become one.
    return unicodedata.normalize("NFKC", "".join(narrow.split()))


def heading(text: str) -> str:
    """A title in comparable form: white space, width, asterisks and brackets' shape don't matter."""
    return folded(text).strip("*:").casefold()


def unquoted(text: str) -> str:
    """Without the apostrophe that Excel users, and our CSV, put before what must stay text."""
    rest = text[1:]
    if (
        text[:1] in {"'", "\u2018"}
        and rest
        and (rest[0].isdigit() or rest.startswith(FORMULA_STARTS))
    ):
        return rest
    return text
