"""`createsuperuser` and `changepassword`: the ways in when no administrator can help."""

import io

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.management.commands import changepassword
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.scope.context import whole_country

SECRET = "Violin-Teapot-16"


def created(username):
    call_command("createsuperuser", username=username, interactive=False, stdout=io.StringIO())


def test_first_administrator(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", SECRET)

    created("root")

    with whole_country(reason="test"):
        account = User.objects.get()
    assert account.check_password(SECRET)
    assert (account.role, account.is_staff, account.organization) == (
        Role.ADMINISTRATOR,
        True,
        None,
    )


def test_a_taken_name_is_refused(administrator, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", SECRET)

    with pytest.raises(CommandError):
        created("admin")


def test_password_from_the_command_line(administrator, monkeypatch):
    monkeypatch.setattr(changepassword.Command, "_get_pass", lambda *_: SECRET)

    call_command("changepassword", "admin", stdout=io.StringIO())

    with whole_country(reason="test"):
        assert User.objects.get().check_password(SECRET)
