"""The rail leads where work waits, else to what is open and was looked at last, else to the latest."""

import pytest

from apps.projects.models import Phase
from apps.projects.pages.trail import chosen as chosen_of

OPEN, OVER, EARLY = Phase.PUBLISHED, Phase.CONCLUDED, Phase.PREPARING


@pytest.mark.parametrize(
    ("rows", "last", "chosen"),
    [
        ([("C", OPEN, False), ("B", OPEN, True), ("A", OPEN, True)], "", "B"),
        ([("C", OPEN, True), ("B", OPEN, False)], "B", "C"),
        ([("C", OPEN, True), ("B", OVER, False)], "B", "C"),
        ([("C", OVER, False), ("B", OPEN, False), ("A", OVER, True)], "C", "B"),
        ([("C", OVER, False), ("B", OVER, True)], "B", "B"),
        ([("C", OVER, False), ("B", OVER, True)], "", "C"),
        ([("C", OPEN, True), ("B", EARLY, False)], "B", "C"),
        ([("C", OPEN, False), ("B", EARLY, False)], "B", "B"),
        ([("B", EARLY, False)], "GONE", "B"),
    ],
)
def test_the_rail_leads_to(rows, last, chosen) -> None:
    assert chosen_of(rows, last) == chosen
