"""`create_administrator` and `changepassword`: the ways in when no administrator can help. No superuser."""

import io
import re

import pytest
from django.core.management import CommandError, call_command

from apps.accounts.management.commands import changepassword
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.audit.models import LogEntry
from apps.scope.context import whole_country

SECRET = "Violin-Teapot-16"


def created(kind, username):
    told = io.StringIO()
    call_command("create_administrator", kind, username, name="李新人", stdout=told)
    return told.getvalue()


@pytest.mark.parametrize(
    ("kind", "role"),
    [("system", Role.SYSTEM), ("security", Role.SECURITY), ("audit", Role.AUDIT)],
)
def test_the_first_administrators(db, kind, role):
    told = created(kind, "root")

    with whole_country(reason="test"):
        account = User.objects.get()
        entry = LogEntry.objects.get()
    assert account.check_password(re.search(r"：(\S+)$", told.strip())[1])
    assert (account.role, account.is_staff, account.must_change_password) == (role, True, True)
    assert (entry.actor_name, entry.verb, entry.object) == ("系统", "新增管理员", "root")


@pytest.mark.parametrize(("username", "sentence"), [("ADMIN", "已被使用"), ("a b", "字母")])
def test_a_taken_or_wrong_name_is_refused(administrator, username, sentence):
    with pytest.raises(CommandError, match=sentence):
        created("system", username)


def test_there_is_no_superuser(db):
    with pytest.raises(CommandError, match="create_administrator"):
        call_command("createsuperuser", username="root", interactive=False)
    with whole_country(reason="test"):
        assert not User.objects.exists()


def test_password_from_the_command_line(administrator, monkeypatch):
    monkeypatch.setattr(changepassword.Command, "_get_pass", lambda *_: SECRET)

    call_command("changepassword", "admin", stdout=io.StringIO())

    with whole_country(reason="test"):
        assert User.objects.get().check_password(SECRET)
        assert LogEntry.objects.get().verb == "设置密码"


def test_the_alliance_gets_its_first_account_once(tree):
    told = io.StringIO()
    call_command("create_alliance_account", name="陈联采", stdout=told)

    with whole_country(reason="test"):
        account = User.objects.get()
    assert account.check_password(re.search(r"：(\S+)$", told.getvalue().strip())[1])
    assert (account.username, account.role, account.name) == ("alliance", Role.ALLIANCE, "陈联采")
    assert account.must_change_password
    with pytest.raises(CommandError, match="已有账号"):
        call_command("create_alliance_account", name="陈联采")


def test_without_a_tree_there_is_no_alliance(db):
    with pytest.raises(CommandError, match="load_divisions"):
        call_command("create_alliance_account", name="陈联采")
