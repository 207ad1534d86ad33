"""What the database itself refuses about volumes: changes of agreed numbers, rows that come late; what it counts.

Invariant: from publication on a row's quantities stand still; only its confirmations and its slots' states move.
"""

from typing import Any

import pgtrigger

from apps.review.models.triggers import after_statement

QUANTITIES = ("reported", "agreed", "kept", "pending", "lowest", "highest", "other")
IDENTITY = ("project", "organization", "item", "filing", "path", "given", "is_excluded")

# The lock makes an import that is under way and a publication wait for each other.
_IF_PUBLISHED = """
    IF EXISTS (
        SELECT 1 FROM projects_project project
        WHERE project.id IN (SELECT DISTINCT project_id FROM {rows})
          AND project.phase NOT IN ('draft', 'preparing')
        FOR SHARE OF project
    ) THEN
        RAISE EXCEPTION 'allocation: volumes of a published project are frozen';
    END IF;
    RETURN NULL;
"""


_IF_INCOMPLETE = """
    IF EXISTS (
        SELECT 1 FROM projects_winningterms terms WHERE terms.id = NEW.terms_id
          AND (terms.price IS NULL OR terms.pack IS NULL OR terms.daily_usage IS NULL OR terms.cut IS NULL)
    ) THEN
        RAISE EXCEPTION 'allocation: the terms of a product are not complete';
    END IF;
    RETURN NEW;
"""


def terms_complete() -> pgtrigger.Trigger:
    """Nobody buys what has no price, pack, daily usage or cut yet."""
    return pgtrigger.Trigger(
        name="terms_complete",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.UpdateOf("terms_id"),
        func=_IF_INCOMPLETE,
    )


class FrozenWithFiling(pgtrigger.ReadOnly):
    """Refuses changes of the fields once the row belongs to a filing."""

    def get_condition(self, model: Any) -> pgtrigger.Q:
        changed: pgtrigger.Q = super().get_condition(model)
        return pgtrigger.Q(old__filing__isnull=False) & changed


def quantities_frozen() -> pgtrigger.Trigger:
    """A row that belongs to a filing keeps its numbers."""
    return FrozenWithFiling(name="quantities_frozen", fields=[*QUANTITIES, *IDENTITY])


def rows_only_before_publication() -> list[pgtrigger.Trigger]:
    """Volumes are neither added to nor taken from a published project."""
    return [
        _statement(
            "no_late_rows", pgtrigger.Insert, pgtrigger.Referencing(new="new_rows"), "new_rows"
        ),
        _statement(
            "no_lost_rows", pgtrigger.Delete, pgtrigger.Referencing(old="old_rows"), "old_rows"
        ),
    ]


def _statement(
    name: str, operation: pgtrigger.Operation, referencing: pgtrigger.Referencing, rows: str
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=referencing,
        func=_IF_PUBLISHED.format(rows=rows),
    )


# How many volumes an item has in a province (`VolumePlace`).
_COUNTED = """
    SELECT project_id, item_id, '/0/' || split_part(path, '/', 3) || '/' AS path, COUNT(*) AS rows
    FROM {rows} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""
_ADD = """
    INSERT INTO allocation_volumeplace (project_id, item_id, path, rows) {counted}
    ON CONFLICT (project_id, item_id, path) DO UPDATE SET rows = allocation_volumeplace.rows + EXCLUDED.rows;
"""
_TAKE = """
    UPDATE allocation_volumeplace place SET rows = place.rows - gone.rows FROM ({counted}) gone
    WHERE place.project_id = gone.project_id AND place.item_id = gone.item_id AND place.path = gone.path;
"""
_OLD, _NEW = "(SELECT (OLD).*) moved", "(SELECT (NEW).*) moved"


def places_counted() -> list[pgtrigger.Trigger]:
    """Triggers of the rows that are counted."""
    return [
        after_statement(
            "count_new_rows",
            pgtrigger.Insert,
            pgtrigger.Referencing(new="new_rows"),
            _ADD.format(counted=_COUNTED.format(rows="new_rows")),
        ),
        after_statement(
            "count_old_rows",
            pgtrigger.Delete,
            pgtrigger.Referencing(old="old_rows"),
            _TAKE.format(counted=_COUNTED.format(rows="old_rows")),
        ),
        pgtrigger.Trigger(
            name="count_moved_rows",
            level=pgtrigger.Row,
            when=pgtrigger.After,
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange("project", "item", "path"),
            func=_TAKE.format(counted=_COUNTED.format(rows=_OLD))
            + _ADD.format(counted=_COUNTED.format(rows=_NEW))
            + "RETURN NULL;",
        ),
    ]
