"""What the database itself refuses: a changed version, rules changed under published volumes, crossing ratio rows.

Invariant: a published version and its quantities stand still; only its withdrawal is written beside them.
"""

from typing import Any

import pgtrigger

from apps.review.models.triggers import statement_triggers

from .choices import State

_FIXED = """
IF EXISTS (
    SELECT 1 FROM (SELECT DISTINCT version_id FROM {rows}) AS touched
    JOIN {versions} version ON version.id = touched.version_id
    WHERE version.state IN ({states})
) THEN
    RAISE EXCEPTION 'volumes_version_fixed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'volumes_version_fixed';
END IF;
"""
_IF_PUBLISHED = """
IF EXISTS (
    SELECT 1 FROM {versions} version
    WHERE version.project_id IN (NEW.project_id, OLD.project_id) AND version.state = 'published'
) THEN
    RAISE EXCEPTION 'volumes_rules_fixed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'volumes_rules_fixed';
END IF;
IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
RETURN NEW;
"""
_TERMS_IF_PUBLISHED = """
IF EXISTS (
    SELECT 1 FROM projects_winningproduct product
    JOIN {versions} version ON version.project_id = product.project_id AND version.state = 'published'
    WHERE product.id = NEW.product_id
) AND NEW.cut IS DISTINCT FROM (
    SELECT before.cut FROM projects_winningterms before
    WHERE before.product_id = NEW.product_id AND before.id <> NEW.id ORDER BY before.version DESC LIMIT 1
) THEN
    RAISE EXCEPTION 'volumes_rules_fixed'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'volumes_rules_fixed';
END IF;
RETURN NULL;
"""
_CROSSING = """
IF EXISTS (
    SELECT 1 FROM volumes_ratiorow other
    WHERE other.project_id = NEW.project_id AND other.id <> NEW.id
      AND int4range(other.first, other.last, '[]') && int4range(NEW.first, NEW.last, '[]')
) THEN
    RAISE EXCEPTION 'volumes_ratio_rows_cross'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'volumes_ratio_rows_cross';
END IF;
RETURN NULL;
"""
_CHAINED = """
IF EXISTS (
    SELECT 1 FROM projects_catalogitem item, projects_catalogitem main
    WHERE item.id = NEW.item_id AND main.id = NEW.main_id
      AND (item.project_id <> NEW.project_id OR main.project_id <> NEW.project_id
        OR item.variety <> main.variety OR item.competition_unit <> main.competition_unit)
) OR EXISTS (
    SELECT 1 FROM volumes_conversion other WHERE other.id <> NEW.id AND (
        (other.item_id = NEW.main_id AND other.main_id <> NEW.main_id)
        OR (other.main_id = NEW.item_id AND NEW.main_id <> NEW.item_id)
    )
) THEN
    RAISE EXCEPTION 'volumes_conversion_chained'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'volumes_conversion_chained';
END IF;
RETURN NULL;
"""


def fixed_with_version(versions: str) -> list[pgtrigger.Trigger]:
    """Quantities are written while their version is a draft, and go only with one that is not published yet."""

    def check(rows: str) -> str:
        states = "'published', 'withdrawn'" + (", 'reviewed'" if rows == "new_rows" else "")
        return _FIXED.format(rows=rows, versions=versions, states=states)

    return statement_triggers("version_fixed", check)


def states_only_forward() -> pgtrigger.Trigger:
    return pgtrigger.FSM(
        name="states_only_forward",
        field="state",
        transitions=[
            (State.DRAFT.value, State.REVIEWED.value),
            (State.REVIEWED.value, State.PUBLISHED.value),
            (State.PUBLISHED.value, State.WITHDRAWN.value),
        ],
    )


class FixedOncePublished(pgtrigger.ReadOnly):
    """Refuses every change of a published version but its withdrawal."""

    def get_condition(self, model: Any) -> pgtrigger.Q:
        changed: pgtrigger.Q = super().get_condition(model)
        return pgtrigger.Q(old__state__in=[State.PUBLISHED, State.WITHDRAWN]) & changed


def fixed_once_published() -> pgtrigger.Trigger:
    exclude = ["state", "withdrawn_at", "withdrawn_by", "withdrawn_reason"]
    return FixedOncePublished(name="fixed_once_published", exclude=exclude)


def only_open_deleted() -> pgtrigger.Trigger:
    """A version that was published once stays on record."""
    return pgtrigger.Protect(
        name="only_open_deleted",
        operation=pgtrigger.Delete,
        condition=pgtrigger.Q(old__state__in=[State.PUBLISHED, State.WITHDRAWN]),
    )


def fixed_under(versions: str) -> pgtrigger.Trigger:
    """What decides quantities stands still while a version of the project is published."""
    return pgtrigger.Trigger(
        name="fixed_while_published",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=_IF_PUBLISHED.format(versions=versions),
    )


def winners_fixed_under(versions: str) -> list[pgtrigger.Trigger]:
    """Who has won what at which rank stands still; capacity and the like may still be completed."""
    func = _IF_PUBLISHED.format(versions=versions)
    return [
        pgtrigger.Trigger(
            name="fixed_while_published",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert | pgtrigger.Delete,
            func=func,
        ),
        pgtrigger.Trigger(
            name="rank_fixed_while_published",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            condition=pgtrigger.AnyChange("project", "item", "enterprise", "rank"),
            func=func,
        ),
    ]


def fixed_terms_under(versions: str) -> pgtrigger.Trigger:
    """A cut that agreed volumes follow from stands still; what allocations need may still be completed."""
    return pgtrigger.Trigger(
        name="cut_fixed_while_published",
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        func=_TERMS_IF_PUBLISHED.format(versions=versions),
    )


def rows_never_cross() -> pgtrigger.Trigger:
    """No number of winners stands in two rows of a ratio table."""
    return pgtrigger.Trigger(
        name="rows_never_cross",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=_CROSSING,
    )


def never_chained() -> pgtrigger.Trigger:
    """A main specification is converted to none other, and of the same project, variety and competition unit."""
    return pgtrigger.Trigger(
        name="never_chained",
        when=pgtrigger.After,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=_CHAINED,
    )
