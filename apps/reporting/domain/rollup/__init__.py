"""Questions about a demand or history project by any dimensions, answered from frozen totals.

    question = Question(project, root=own_filing, rows=Dimension.ITEM, columns=Dimension.PROVINCE)
    found = answer(question)
    found.cells["P0001", "42"].quantity

`root` is the viewer's own filing, read within the scope: nothing outside its subtree is ever read.
"""

from apps.reporting.domain.rollup.answering import answer, choices
from apps.reporting.domain.rollup.progress import ask_for_refresh, refresh
from apps.reporting.domain.rollup.question import (
    GROUPED,
    Answer,
    Dimension,
    Header,
    Measures,
    Question,
    TooWide,
)
from apps.reporting.domain.rollup.sources import Source

__all__ = [
    "GROUPED",
    "Answer",
    "Dimension",
    "Header",
    "Measures",
    "Question",
    "Source",
    "TooWide",
    "answer",
    "ask_for_refresh",
    "choices",
    "refresh",
]
