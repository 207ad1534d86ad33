"""What a clerk means by a title, and Excel's apostrophe; how text is written is `apps.folding`'s."""

from apps.folding.domain.folding import folded

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def heading(text: str) -> str:
    """A title in comparable form: white space, width, asterisks and brackets' shape don't matter."""
    return folded(text).strip("*:")


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
