"""The filing tree, what happened to it, and what reviewers selected, what filers ask."""

from .attachment import AttachmentCheck, FilingAttachment
from .event import JOINED, FilingEvent
from .filing import Filing
from .mandate import Mandate
from .selection import Selection
from .withdrawal import RequestState, WithdrawalRequest

__all__ = [
    "JOINED",
    "AttachmentCheck",
    "Filing",
    "FilingAttachment",
    "FilingEvent",
    "Mandate",
    "RequestState",
    "Selection",
    "WithdrawalRequest",
]
