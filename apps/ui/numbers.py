"""Numbers as forms and addresses send them: read, or refused, never an error."""

LONGEST = 18
"""More digits than any id, version or page has; fits a bigint."""


def number_of(text: object) -> int | None:
    """A whole number from 0 in plain digits; `None` for anything else."""
    if isinstance(text, str) and text.isascii() and text.isdigit() and len(text) <= LONGEST:
        return int(text)
    return None
