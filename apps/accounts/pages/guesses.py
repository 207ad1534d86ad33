"""Guesses at a password one after the other: without that, as many as arrive at once pass the lockout together.

Invariant: between asking how many failures count and counting one more, nobody else tries the same account or comes
from the same address. Other accounts at other addresses never wait.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth import authenticate
from django.db import transaction
from django.http import HttpRequest

from apps.accounts.domain.sql import take_turns
from apps.accounts.models import User
from apps.folding.domain.folding import folded


def guessed(request: HttpRequest, *, username: str, password: str) -> User | None:
    """The account, if the password is right and neither account nor address is shut; a wrong one counts."""
    address = request.META.get("REMOTE_ADDR", "")
    with in_turn(username=folded(username), address=address):
        return authenticate(request, username=username, password=password)


@contextmanager
def in_turn(*, username: str, address: str) -> Iterator[None]:
    """One transaction that holds the (folded) account and the address until what it counted is committed."""
    with transaction.atomic():
        take_turns(username=username, address=address)
        yield
