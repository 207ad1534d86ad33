"""Accounts and the sheets they are handed out on."""

from .issue import IssuedPassword, IssueSheet, SheetKind
from .session import Session
from .user import User, UserQuerySet

__all__ = ["IssueSheet", "IssuedPassword", "Session", "SheetKind", "User", "UserQuerySet"]
