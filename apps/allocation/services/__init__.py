"""Everything that changes volumes and what institutions make of them."""

from .confirming import confirm_pending, confirm_selected, withdraw_pending
from .exhausting import move_exhausted
from .slots import Saved, clear_slot, save_slot

__all__ = [
    "Saved",
    "clear_slot",
    "confirm_pending",
    "confirm_selected",
    "move_exhausted",
    "save_slot",
    "withdraw_pending",
]
