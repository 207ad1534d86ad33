"""Which tables tell their changes, by a trigger each: whatever changes a row, the change is written with it.

Invariant: what a change keeps is the row's columns but those left out here and those that the database
computes; secrets are left out, so nothing that
reads changes can show one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import pgtrigger
from django.db import models

M = TypeVar("M", bound=type[models.Model])
NEVER_KEPT = ("id", "password", "last_login", "pinyin", "sort_key")
ALL = ("insert", "update", "delete")
OPERATIONS = {
    "insert": pgtrigger.Insert,
    "update": pgtrigger.Update,
    "delete": pgtrigger.Delete,
}
TRACKED: dict[str, type[models.Model]] = {}
"""Models by label (`projects.project`), in the order in which they were declared."""


@dataclass(frozen=True, slots=True)
class Told:
    """SQL on `changed`, the row: how it is called, where it stands, whose project it is of, whether it is told.

    `before`: what it replaces, where a change is a new row beside the old one.
    """

    name: str
    path: str = "''"
    project: str = "NULL"
    when: str = "TRUE"
    before: str = "to_jsonb(OLD)"


class ChangeTrigger(pgtrigger.Trigger):
    """Writes a change after each row; `audit_note_change` leaves out what stayed the same."""

    when = pgtrigger.After

    def __init__(self, told: Told, operations: tuple[str, ...]) -> None:
        first, *others = (OPERATIONS[name] for name in operations)
        operation: Any = first
        for other in others:
            operation |= other
        super().__init__(name="tell_change", operation=operation, declare=[("changed", "RECORD")])
        self.told = told

    def get_func(self, model: Any) -> str:
        told, meta = self.told, model._meta
        derived = [field.column for field in meta.concrete_fields if field.generated]
        left_out = ", ".join(f"'{name}'" for name in (*NEVER_KEPT, *derived))
        return f"""
            IF TG_OP = 'DELETE' THEN changed := OLD; ELSE changed := NEW; END IF;
            IF {told.when} THEN
                PERFORM audit_note_change(
                    '{meta.label_lower}', changed.{meta.pk.column}, {told.name},
                    {told.path}, {told.project},
                    {told.before} - ARRAY[{left_out}], to_jsonb(NEW) - ARRAY[{left_out}]
                );
            END IF;
            RETURN NULL;
        """


def tracked(told: Told, *operations: str) -> Callable[[M], M]:
    """Tell the model's changes (of these operations; all of them if none is named)."""

    def register(model: M) -> M:
        TRACKED[model._meta.label_lower] = model
        pgtrigger.register(ChangeTrigger(told, operations or ALL))(model)
        return model

    return register


def in_words(column: str, choices: Mapping[str, str]) -> str:
    """SQL for the label of one of a column's choices."""
    cases = " ".join(f"WHEN '{value}' THEN '{label}'" for value, label in choices.items())
    return f"CASE changed.{column} {cases} ELSE changed.{column} END"


def named(table: str, column: str, name: str = "name", *, key: str = "id") -> str:
    """SQL for the name of the row that a column of the changed row points at."""
    return f"(SELECT {name} FROM {table} WHERE {key} = changed.{column})"  # noqa: S608
