"""Accounts and the sheets they are handed out on."""

from .authenticator import Authenticator
from .issue import IssuedPassword, IssueSheet, SheetKind
from .password import FormerPassword
from .session import Session, UsualAddress
from .user import User, UserQuerySet

__all__ = [
    "Authenticator",
    "FormerPassword",
    "IssueSheet",
    "IssuedPassword",
    "Session",
    "SheetKind",
    "User",
    "UserQuerySet",
    "UsualAddress",
]
