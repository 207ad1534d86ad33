"""Accounts and the sheets they are handed out on."""

from .approval import Approval, ApprovalKind, Outcome
from .issue import IssuedPassword, IssueSheet, SheetKind
from .session import Session
from .user import User, UserQuerySet

__all__ = [
    "Approval",
    "ApprovalKind",
    "IssueSheet",
    "IssuedPassword",
    "Outcome",
    "Session",
    "SheetKind",
    "User",
    "UserQuerySet",
]
