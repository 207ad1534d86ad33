"""What a clerk means by a title, and Excel's apostrophe; how text is written is `apps.folding`'s.

Invariant: whatever a spreadsheet might evaluate is told here, in one place: also full-width signs, which Excel takes
for the plain ones where Chinese is typed, and signs behind blanks of any kind, which it does not count.
"""

from apps.folding.domain.folding import folded

APOSTROPHES = "'\u2018"
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
STARTS = ("\t", "\r", "\n")  # what comes behind them may stand in a cell of its own


def heading(text: str) -> str:
    """A title in comparable form: white space, width, asterisks and brackets' shape don't matter."""
    return folded(text).strip("*:")


def is_like_formula(text: str) -> bool:
    """Whether a spreadsheet might evaluate the text (OWASP: CSV injection)."""
    return text.startswith(SIGNS) or (
        not text[:1].isalnum() and (text.startswith(STARTS) or text.lstrip().startswith(SIGNS))
    )


def unquoted(text: str) -> str:
    """Without the apostrophe that Excel users, and our exports, put before what must stay text."""
    bare = text.lstrip(APOSTROPHES)
    needs_one = bare[:1].isdigit() or is_like_formula(bare)
    return text[1:] if needs_one and len(bare) < len(text) else text


def quoted(text: str) -> str:
    """What `unquoted` reads as the text."""
    return f"'{text}" if unquoted(text) != text else text
