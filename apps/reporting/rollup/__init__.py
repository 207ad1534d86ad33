"""Questions about a demand or history project by any dimensions, answered from frozen totals.

    question = Question(project, root=own_filing, rows=Dimension.ITEM, columns=Dimension.PROVINCE)
    found = answer(question)
    found.cells["P0001", "42"].quantity

`root` is the viewer's own filing, read within the scope: nothing outside its subtree is ever read.
"""

from .answering import answer, choices
from .progress import ask_for_refresh, refresh
from .question import GROUPED, Answer, Dimension, Header, Measures, Question, TooWide
from .sources import Source

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
