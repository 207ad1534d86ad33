"""Two issuers at once: a unit gets one account."""

import threading

import pytest
from django.db import connection

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.issuing import NothingToIssue, fill_sheet, open_sheet
from apps.accounts.domain.scopes import scope_of
from apps.accounts.domain.sub_accounts import create_sub_account
from apps.accounts.models import SheetKind, User
from apps.scope.context import enter, whole_country
from tests import factories


def together(*acts):
    """Run the acts in threads that start at once; returns their outcomes."""
    barrier, outcomes = threading.Barrier(len(acts)), []

    def run(act):
        try:
            barrier.wait()
            outcomes.append(act())
        except NothingToIssue as refusal:
            outcomes.append(type(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


@pytest.mark.django_db(transaction=True)
def test_two_issues_of_the_same_unit_make_one_account():
    tree = factories.build_tree()
    officer = factories.account_of(tree["42"])
    ids = [tree["420100"].pk, tree["420106"].pk]

    def issue():
        with enter(scope_of(officer)):
            by = Actor.of(officer)
            sheet = open_sheet(by=by, kind=SheetKind.UNITS, target_ids=ids)
            return fill_sheet(by=by, sheet_id=sheet.pk).count

    outcomes = together(issue, issue, issue)

    assert sorted(map(str, outcomes)) == sorted(map(str, [2, NothingToIssue, NothingToIssue]))
    with whole_country(reason="test"):
        assert User.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_sub_accounts_made_at_once_get_different_numbers():
    officer = factories.account_of(factories.build_tree()["420100"])

    def create():
        with enter(scope_of(officer)):
            account, _ = create_sub_account(
                by=Actor.of(officer), name="甲", phone="", permissions=["query"], project_ids=None
            )
            return account.username

    assert sorted(together(create, create, create)) == ["city4201-01", "city4201-02", "city4201-03"]
