"""增幅降幅说明 as one text: a cause from the list, a text of one's own, or both as `业务量增长：新开病区`. Pure."""

from apps.folding.domain.folding import one_line
from apps.reporting.models.choices import Reason

MOST_WORDS = 300
BY_LABEL = {reason.label: reason for reason in Reason if reason != Reason.OTHER}
COLONS = ("：", ":")


def read_words(text: str) -> tuple[str, str]:
    """The cause and what was added to it; a text without a cause from the list is `OTHER`."""
    text = one_line(text)[:MOST_WORDS]
    if not text:
        return "", ""
    if text in BY_LABEL:
        return BY_LABEL[text], ""
    for colon in COLONS:
        label, separator, rest = text.partition(colon)
        if separator and label.strip() in BY_LABEL:
            return BY_LABEL[label.strip()], rest.strip()
    return Reason.OTHER, text


def in_words(reason: str, explanation: str) -> str:
    """The same text again."""
    cause = Reason(reason).label if reason not in ("", Reason.OTHER) else ""
    return "：".join(part for part in (cause, explanation) if part)
