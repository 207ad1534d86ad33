"""Finding the account at login and for each request: the one place that reads accounts before a scope exists."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.db.models.functions import Lower
from django.http import HttpRequest

from apps.folding.domain.folding import folded
from apps.scope.context import whole_country

from .models import User

BELONGING = ("organization", "enterprise", "parent_account")
_at_hand: ContextVar[User | None] = ContextVar("account_at_hand", default=None)


@contextmanager
def at_hand(account: User | None) -> Iterator[None]:
    """The account that came with the session need not be read again within."""
    token = _at_hand.set(account)
    try:
        yield
    finally:
        _at_hand.reset(token)


class ScopedBackend(ModelBackend):
    """Django's backend, with the whole country open while it looks for the account."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **_: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        with whole_country(reason="login"):
            accounts = User.objects.select_related(*BELONGING).annotate(key=Lower("username"))
            user = accounts.filter(key=folded(username)).first()
            if user is None:
                User().set_password(password)  # an unknown name takes as long as a known one
                return None
            right = user.check_password(password)
            return user if right and self.user_can_authenticate(user) else None

    def user_can_authenticate(self, user: Any) -> bool:
        """An account is shut with its unit and with its main account."""
        if user.parent_account and not user.parent_account.is_active:
            return False
        if user.organization and not user.organization.is_active:
            return False
        return bool(user.is_active)

    def get_user(self, user_id: int) -> User | None:
        user = _at_hand.get()
        if user is None or user.pk != user_id:
            with whole_country(reason="session"):
                user = User.objects.select_related(*BELONGING).filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None
