"""The filing tree, what happened to it, and what reviewers selected, what filers ask and appeal."""

from .appeal import About, Appeal, AppealState
from .attachment import AttachmentCheck, FilingAttachment
from .count import FilingCount
from .event import JOINED, STOP_UNDONE, STOPPED, FilingEvent
from .filing import Filing
from .mandate import Mandate
from .selection import Selection
from .withdrawal import RequestState, WithdrawalRequest

__all__ = [
    "JOINED",
    "STOPPED",
    "STOP_UNDONE",
    "About",
    "Appeal",
    "AppealState",
    "AttachmentCheck",
    "Filing",
    "FilingAttachment",
    "FilingCount",
    "FilingEvent",
    "Mandate",
    "RequestState",
    "Selection",
    "WithdrawalRequest",
]
