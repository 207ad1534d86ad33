"""Accounts and the sheets they are handed out on."""

from .issue import IssuedPassword, IssueSheet, SheetKind
from .user import User, UserQuerySet

__all__ = ["IssueSheet", "IssuedPassword", "SheetKind", "User", "UserQuerySet"]
