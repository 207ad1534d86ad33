"""Accounts and the sheets they are handed out on."""

from .approval import Approval, ApprovalKind, Outcome
from .authenticator import Authenticator
from .handover import Handover
from .issue import IssuedPassword, IssueSheet, SheetKind
from .password import FormerPassword
from .provider import Identity, Protocol, Provider
from .session import Session, UsualAddress
from .token import Token, TokenQuerySet
from .user import User, UserQuerySet

__all__ = [
    "Approval",
    "ApprovalKind",
    "Authenticator",
    "FormerPassword",
    "Handover",
    "Identity",
    "IssueSheet",
    "IssuedPassword",
    "Outcome",
    "Protocol",
    "Provider",
    "Session",
    "SheetKind",
    "Token",
    "TokenQuerySet",
    "User",
    "UserQuerySet",
    "UsualAddress",
]
