"""Accounts for what apps above keep: they say how a target becomes an account, the sheet does the rest.

An app registers when it is ready:

    register_target(SheetKind.DISTRIBUTORS, Target(accounts=new_accounts, saved=note_issued))
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.accounts.models import User


class IssueRefused(Exception):
    """Nothing was issued; the message is the sentence for the person."""


@dataclass(frozen=True, slots=True)
class Target:
    """How ids become accounts, and who is told.

    `accounts(issuer, ids)` locks the targets in id order and gives unsaved accounts by target id; those that have one
    already are left out. May raise `IssueRefused`. `saved(by, accounts)` is told in the same transaction.
    """

    accounts: Callable[[User, Sequence[int]], Mapping[int, User]]
    saved: Callable[[Any, Mapping[int, User]], None]


_targets: dict[str, Target] = {}


def register_target(kind: str, target: Target) -> None:
    """Make a kind of sheet known."""
    _targets[kind] = target


def target_of(kind: str) -> Target | None:
    return _targets.get(kind)
