"""Where no foreign key looks at each row, a trigger looks at each statement: no reference is left to good faith."""

from django.apps import apps
from django.db import connection
from django.db.models import ForeignKey

from apps.review.models.reference_triggers import NAME

PROTECTED_OTHERWISE = {
    "reporting.DemandGroupTotal.item": "the bureau's own total of the item points to it by a key",
    "reporting.ProgressGroupTotal.item": "the bureau's own total of the item points to it by a key",
}


def unkeyed() -> list[ForeignKey]:
    return [
        field
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, ForeignKey) and not field.db_constraint
    ]


def test_every_reference_without_a_key_is_held_by_triggers_on_both_sides(db) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.tgrelid::regclass::text, string_agg(p.prosrc, ' ') FROM pg_trigger t"
            " JOIN pg_proc p ON p.oid = t.tgfoid WHERE t.tgname LIKE %s AND t.tgenabled = 'O' GROUP BY 1",
            [f"pgtrigger_{NAME}%"],
        )
        bodies = dict(cursor.fetchall())

    fields = unkeyed()
    assert {str(field) for field in fields} > PROTECTED_OTHERWISE.keys()
    for field in fields:
        if str(field) in PROTECTED_OTHERWISE:
            continue
        rows, pointed = field.model._meta.db_table, field.related_model._meta.db_table
        assert f"SELECT DISTINCT {field.column} AS id FROM new_rows" in bodies.get(rows, ""), field
        assert f"JOIN {rows} pointing ON pointing.{field.column} = gone.id" in bodies[pointed], (
            field
        )
