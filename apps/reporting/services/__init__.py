"""Every write of demand reporting."""

from .bulk import explain, fill_share, fill_zero, mark_saved
from .deciding import Decision, decide_doubts
from .doubts import raise_doubt
from .letters import upload_letter
from .purchases import import_purchases, take_over_history
from .reporting import give_reason, report, withdraw
from .saving import Entry, Saved, save_lines, write_lines

__all__ = [
    "Decision",
    "Entry",
    "Saved",
    "decide_doubts",
    "explain",
    "fill_share",
    "fill_zero",
    "give_reason",
    "import_purchases",
    "mark_saved",
    "raise_doubt",
    "report",
    "save_lines",
    "take_over_history",
    "upload_letter",
    "withdraw",
    "write_lines",
]
