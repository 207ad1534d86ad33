"""What lets the database tell a correction from any other change of a published project.

Invariant: a correction is written by the very transaction that changes the rows, and names each row and each field.
"""

from typing import Any

import pgtrigger

from .choices import Phase

FROZEN = (Phase.PUBLISHED, Phase.CLOSED, Phase.CONCLUDED)

_STAMP = """
    NEW.at := now();
    NEW.transaction := pg_current_xact_id()::text::bigint;
    RETURN NEW;
"""
# `{project}` is whose correction it must be, `{named}` a condition on its `changes`.
_CORRECTED = """EXISTS (
    SELECT 1 FROM projects_correction correction
    WHERE correction.project_id = {project} AND correction.at = now()
        AND correction.transaction = pg_current_xact_id()::text::bigint AND {named}
)"""
_EVERY_FIELD = """NOT EXISTS (
    SELECT 1 FROM jsonb_each(to_jsonb(NEW)) fresh JOIN jsonb_each(to_jsonb(OLD)) former USING (key)
    WHERE fresh.value IS DISTINCT FROM former.value AND key <> 'pinyin'
        AND NOT correction.changes @> jsonb_build_array(
            jsonb_build_object('table', TG_TABLE_NAME::text, 'pk', NEW.id, 'field', key))
)"""
_ALL_TERMS = """NOT EXISTS (
    SELECT 1 FROM jsonb_each_text(to_jsonb(NEW)) term
    WHERE key NOT IN ('id', 'project_id', 'position', 'pinyin') AND COALESCE(value, '') NOT IN ('', 'false')
        AND NOT (key = 'added_in' AND NEW.added_in = correction.number)
        AND NOT correction.changes @> jsonb_build_array(
            jsonb_build_object('table', TG_TABLE_NAME::text, 'pk', NEW.id, 'field', key, 'old', ''))
) AND NEW.added_in = correction.number AND correction.changes @> jsonb_build_array(
    jsonb_build_object('table', TG_TABLE_NAME::text, 'pk', NEW.id, 'field', 'item_code',
        'new', to_jsonb(NEW)->>'item_code'))"""
_NAME = """correction.changes @> jsonb_build_array(
    jsonb_build_object('table', 'projects_project', 'pk', NEW.id, 'field', 'name'))"""
_OF_PRODUCT = """correction.changes @> jsonb_build_array(
    jsonb_build_object('table', 'projects_winningproduct', 'pk', NEW.product_id))"""
_OWNER_OF_PRODUCT = "(SELECT product.project_id FROM projects_winningproduct product WHERE product.id = NEW.product_id)"

FIELDS_CORRECTED = (
    f"TG_OP = 'UPDATE' AND {_CORRECTED.format(project='NEW.project_id', named=_EVERY_FIELD)}"
)
"""Of a row with a project: a correction names every field that changes."""
ITEM_ADDED = f"TG_OP = 'INSERT' AND {_CORRECTED.format(project='NEW.project_id', named=_ALL_TERMS)}"
"""Of an item that comes after publication: a correction names it by its id, and each of its terms."""
PRODUCT_CORRECTED = (
    f"TG_OP = 'INSERT' AND {_CORRECTED.format(project=_OWNER_OF_PRODUCT, named=_OF_PRODUCT)}"
)
"""Of new terms of a product: a correction names the product."""


def stamped() -> pgtrigger.Trigger:
    """When and in which transaction it was written is nobody's to say."""
    return pgtrigger.Trigger(
        name="stamped", when=pgtrigger.Before, operation=pgtrigger.Insert, func=_STAMP
    )


def name_corrected() -> pgtrigger.Trigger:
    """The name of a published project changes by a correction alone."""
    named = _CORRECTED.format(project="NEW.id", named=_NAME)
    renamed = pgtrigger.Q(old__name__df=pgtrigger.F("new__name"))
    return pgtrigger.Trigger(
        name="name_corrected",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=pgtrigger.Q(old__phase__in=FROZEN) & renamed,
        func=_unless(named),
    )


def terms_of_pool_corrected(*fields: str) -> pgtrigger.Trigger:
    """What a pool took over at publication changes by a correction of its product alone."""
    corrected = _CORRECTED.format(project="NEW.project_id", named=_OF_PRODUCT)
    changed: Any = pgtrigger.AnyChange(*fields)
    return pgtrigger.Trigger(
        name="terms_corrected",
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        condition=changed,
        func=_unless(corrected),
    )


def _unless(condition: str) -> str:
    return f"""
    IF NOT {condition} THEN
        RAISE EXCEPTION 'projects: % of a published project is frozen', TG_TABLE_NAME;
    END IF;
    RETURN NEW;
    """
