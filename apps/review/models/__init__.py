"""The filing tree, what happened to it, and what reviewers selected, what filers ask."""

from .event import JOINED, AuditSeal, FilingEvent
from .filing import Filing
from .selection import Selection
from .withdrawal import RequestState, WithdrawalRequest

__all__ = [
    "JOINED",
    "AuditSeal",
    "Filing",
    "FilingEvent",
    "RequestState",
    "Selection",
    "WithdrawalRequest",
]
