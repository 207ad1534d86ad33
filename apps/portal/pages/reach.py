"""Whose records a reader of 变更记录 and 审计封印 sees."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.exceptions import PermissionDenied

from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.scope.context import whole_country


@contextmanager
def reach_of(user: User) -> Iterator[None]:
    """Administrators read the whole country's, everybody else their own subtree's. Raises `PermissionDenied`."""
    if user.is_staff:
        with whole_country(reason=f"records: {user.username}"):
            yield
        return
    if not user.has(Permission.QUERY):
        raise PermissionDenied
    yield
