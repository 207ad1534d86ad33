"""What a clerk means by a title, and Excel's apostrophe; how text is written is `apps.folding`'s."""

from apps.folding.domain.folding import folded

APOSTROPHES = "'\u2018"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def heading(text: str) -> str:
    """A title in comparable form: white space, width, asterisks and brackets' shape don't matter."""
    return folded(text).strip("*:")


def unquoted(text: str) -> str:
    """Without the apostrophe that Excel users, and our exports, put before what must stay text."""
    bare = text.lstrip(APOSTROPHES)
    needs_one = bare[:1].isdigit() or bare.startswith(FORMULA_STARTS)
    return text[1:] if needs_one and len(bare) < len(text) else text


def quoted(text: str) -> str:
    """What `unquoted` reads as the text."""
    return f"'{text}" if unquoted(text) != text else text
