"""Accounts and the sheets they are handed out on."""

from .issue import IssuedPassword, IssueSheet
from .user import User, UserQuerySet

__all__ = ["IssueSheet", "IssuedPassword", "User", "UserQuerySet"]
