"""Every write of demand reporting."""

from .bulk import explain, fill_share, fill_zero, mark_saved
from .doubts import decide_doubt, raise_doubt
from .reporting import give_reason, report, withdraw
from .saving import Entry, Saved, save_lines, write_lines

__all__ = [
    "Entry",
    "Saved",
    "decide_doubt",
    "explain",
    "fill_share",
    "fill_zero",
    "give_reason",
    "mark_saved",
    "raise_doubt",
    "report",
    "save_lines",
    "withdraw",
    "write_lines",
]
