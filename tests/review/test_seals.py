"""The event log can't be changed, and shows it when somebody did it behind the database's back."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.domain.seals import differences, seal
from apps.review.models import FilingEvent
from apps.review.models.statuses import Action
from tests.review.acting import act
from tests.review.planting import filing_of
from tests.running import as_owner


@pytest.fixture
def reported_and_returned(
    round_on_paper: Project, hospital_clerk: User, city_reviewer: User
) -> Project:
    clerk = filing_of(round_on_paper, hospital_clerk)
    act(Action.SUBMIT, hospital_clerk, clerk)
    act(Action.RETURN, city_reviewer, clerk, reason="有误")
    return round_on_paper


def tamper(statement: str) -> None:
    """Change the log as its owner could: with the trigger off."""
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE review_filingevent DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE review_filingevent ENABLE TRIGGER USER")


def test_events_are_append_only(reported_and_returned: Project) -> None:
    del reported_and_returned
    events = FilingEvent.objects.all()

    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        events.update(reason="改写")
    with pytest.raises(DatabaseError, match="append_only"), transaction.atomic():
        events.delete()


def test_an_untouched_log_agrees_with_itself(reported_and_returned: Project) -> None:
    seal(reported_and_returned)

    assert list(differences(reported_and_returned)) == []
    call_command("verify_audit", project=reported_and_returned.code)


def test_a_seal_is_made_only_when_something_happened(reported_and_returned: Project) -> None:
    assert seal(reported_and_returned) is not None
    assert seal(reported_and_returned) is None


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("UPDATE review_filingevent SET reason = '改写' WHERE sequence = 2", "was changed"),
        ("DELETE FROM review_filingevent WHERE sequence = 1", "event 1 is missing"),
        ("DELETE FROM review_filingevent WHERE sequence = 2", "the events under it were changed"),
    ],
)
def test_changes_behind_the_back_are_found(
    reported_and_returned: Project, statement: str, found: str
) -> None:
    seal(reported_and_returned)

    tamper(statement)

    assert any(found in difference for difference in differences(reported_and_returned))
    with pytest.raises(CommandError):
        call_command("verify_audit", project=reported_and_returned.code)
