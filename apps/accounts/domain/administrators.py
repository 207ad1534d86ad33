"""Platform administrators: made by one another, never by anybody who decides the business."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.one_time import new_password
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.audit.services import record


class NotAdministrator(Exception):
    """Only administrators make administrators."""


@transaction.atomic
def create_administrator(*, by: Actor, username: str, name: str, phone: str) -> tuple[User, str]:
    """An administrator and the one-time password. Raises `NotAdministrator`."""
    if by.user is None or not by.user.is_staff:
        raise NotAdministrator
    password = new_password()
    account = User.objects.create(
        username=username,
        name=name,
        phone=phone,
        role=Role.ADMINISTRATOR,
        is_staff=True,
        is_superuser=True,
        password=make_password(password),
        password_changed_at=timezone.now(),
        issued_at=timezone.now(),
    )
    sentence = f"新增了平台管理员 {username}（{name}）。"
    record(by=by, verb="新增管理员", object=username, sentence=sentence, path=account.log_path)
    return account, password
