"""The second pass in words: what the last return asked for, in whose name it was returned."""

import pytest

from apps.review.domain.returns.second_pass import Again
from apps.review.models import FilingEvent


@pytest.mark.parametrize(
    ("asked", "done", "is_reported", "words", "tone"),
    [
        (2, 1, True, "要求改 2 条，已改 1 条", "warning"),
        (2, 2, True, "要求改 2 条，已改 2 条", "info"),
        (2, 0, False, "要求改 2 条", "warning"),
        (0, 0, True, "", "info"),
    ],
)
def test_what_was_asked_and_done(
    asked: int, done: int, is_reported: bool, words: str, tone: str
) -> None:
    again = Again(FilingEvent(), is_reported, asked, done)

    assert (again.words, again.tone) == (words, tone)


def test_who_acted_for_another_is_named() -> None:
    event = FilingEvent(
        organization_name="湖北省医保局", on_behalf_of="武昌区医保局", actor_name="周省局"
    )

    assert Again(event, True).who == "湖北省医保局代武昌区医保局 周省局"
