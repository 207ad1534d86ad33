"""The filing tree, what happened to it, and what reviewers selected."""

from .event import AuditSeal, FilingEvent
from .filing import Filing
from .selection import Selection

__all__ = ["AuditSeal", "Filing", "FilingEvent", "Selection"]
