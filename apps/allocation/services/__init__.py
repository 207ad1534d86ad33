"""Everything that changes volumes and what institutions make of them."""

from .confirming import confirm_filled, confirm_pending, confirm_selected, withdraw_pending
from .exhausting import move_exhausted
from .generating import NotGenerated, generate_draft, generate_volumes, refresh_preview
from .picking import pick_enterprise
from .slots import Saved, clear_slot, save_slot
from .substituting import substitute, substitute_missing, undo_all, undo_substitution
from .volumes import VolumesFrozen, compute_volumes, remove_volumes, save_volumes

__all__ = [
    "NotGenerated",
    "Saved",
    "VolumesFrozen",
    "clear_slot",
    "compute_volumes",
    "confirm_filled",
    "confirm_pending",
    "confirm_selected",
    "generate_draft",
    "generate_volumes",
    "move_exhausted",
    "pick_enterprise",
    "refresh_preview",
    "remove_volumes",
    "save_slot",
    "save_volumes",
    "substitute",
    "substitute_missing",
    "undo_all",
    "undo_substitution",
    "withdraw_pending",
]
