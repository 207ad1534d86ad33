"""What may not be deleted row by row can't be emptied as a whole, in no table of ours."""

import pgtrigger
import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction

from tests.running import as_owner

PROTECTED = [
    model
    for model in apps.get_models()
    if model.__module__.startswith("apps.")
    and any(isinstance(each, pgtrigger.Protect) for each in getattr(model._meta, "triggers", ()))
]
APPEND_ONLY = {
    "audit_logentry", "audit_change", "audit_seal", "audit_clearedsegment", "audit_verification",
    "review_filingevent", "review_withdrawalrequest", "reporting_demandreport", "allocation_report",
    "allocation_substitution", "allocation_groupdesignation", "distribution_relationevent",
    "distribution_agreement", "distribution_agreementline", "distribution_agreementclauses",
    "distribution_agreementscan", "distribution_deliveryrelation", "distribution_distributoraccount",
    "projects_project", "projects_winningterms", "volumes_baseversion", "volumes_agreedversion",
}  # fmt: skip


def test_the_tables_that_only_grow_are_all_among_them():
    assert {model._meta.db_table for model in PROTECTED} >= APPEND_ONLY


@pytest.mark.django_db
@pytest.mark.parametrize("model", PROTECTED, ids=lambda model: model._meta.label)
def test_none_of_them_is_truncated(model: type[models.Model]):
    for how in ("", " CASCADE"):
        with (
            pytest.raises(
                DatabaseError, match=r"never_truncated|cannot truncate a table referenced"
            ),
            as_owner(),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f'TRUNCATE "{model._meta.db_table}"{how}')


@pytest.mark.django_db
def test_emptying_what_they_hang_on_stops_at_them():
    with (
        pytest.raises(DatabaseError, match="never_truncated"),
        as_owner(),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE review_filing CASCADE")


@pytest.mark.django_db
def test_the_database_has_a_trigger_of_statements_for_each():
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT tgrelid::regclass::text FROM pg_trigger
            WHERE tgname LIKE 'pgtrigger_never_truncated%' AND tgenabled = 'O' AND tgtype & 32 = 32"""
        )
        found = {name for (name,) in cursor}

    assert found == {model._meta.db_table for model in PROTECTED}
