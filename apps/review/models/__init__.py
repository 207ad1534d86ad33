"""The filing tree, what happened to it, and what reviewers selected, what filers ask."""

from .attachment import AttachmentCheck, FilingAttachment
from .event import JOINED, AuditSeal, FilingEvent
from .filing import Filing
from .selection import Selection
from .withdrawal import RequestState, WithdrawalRequest

__all__ = [
    "JOINED",
    "AttachmentCheck",
    "AuditSeal",
    "Filing",
    "FilingAttachment",
    "FilingEvent",
    "RequestState",
    "Selection",
    "WithdrawalRequest",
]
