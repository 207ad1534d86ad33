"""What the database refuses of windows beside one another, by whatever path they are written.

Invariants: a tier's time ends no earlier than that of the tier below it, in the nation and, cut to what both have in
common, in each province; a province's own time lies within the nation's. Judged when the transaction ends, so that
several windows change together.
"""

import pgtrigger

_ORDER = "ARRAY['institution', 'county', 'city', 'province', 'alliance']"
_BELOW = f"array_position({_ORDER}, below.tier::text) < array_position({_ORDER}, above.tier::text)"
_ALWAYS = "('institution', 'alliance')"

_IN_ORDER = """
    IF EXISTS (
        WITH used AS (
            SELECT held.tier, held.closes_at FROM projects_projectwindow held
            JOIN projects_project project ON project.id = held.project_id
            WHERE held.project_id = NEW.project_id AND (
                held.tier IN {always} OR held.tier = ANY (project.chain) OR EXISTS (
                    SELECT 1 FROM projects_provincesettings settings
                    WHERE settings.project_id = project.id AND held.tier = ANY (settings.chain)
                )
            )
        )
        SELECT 1 FROM used below JOIN used above ON {below} AND above.closes_at < below.closes_at
    ) THEN
        RAISE EXCEPTION 'projects: the time of a tier ends before that of the tier below it';
    END IF;
    IF EXISTS (
        SELECT 1 FROM projects_provincewindow own
        JOIN projects_projectwindow whole ON whole.project_id = own.project_id AND whole.tier = own.tier
        WHERE own.project_id = NEW.project_id
            AND (own.opens_at < whole.opens_at OR own.closes_at > whole.closes_at)
    ) THEN
        RAISE EXCEPTION 'projects: the time of a province lies outside the national one';
    END IF;
    IF EXISTS (
        WITH used AS (
            SELECT narrow.province_id, held.tier, least(held.closes_at, own.closes_at) AS closes_at
            FROM (
                SELECT DISTINCT province_id FROM projects_provincewindow
                WHERE project_id = NEW.project_id
            ) narrow
            JOIN projects_project project ON project.id = NEW.project_id
            JOIN projects_projectwindow held ON held.project_id = project.id
            LEFT JOIN projects_provincewindow own ON own.project_id = project.id
                AND own.province_id = narrow.province_id AND own.tier = held.tier
            LEFT JOIN projects_provincesettings settings ON settings.project_id = project.id
                AND settings.province_id = narrow.province_id
            WHERE held.tier IN {always} OR held.tier = ANY (coalesce(settings.chain, project.chain))
        )
        SELECT 1 FROM used below JOIN used above USING (province_id)
        WHERE {below} AND above.closes_at < below.closes_at
    ) THEN
        RAISE EXCEPTION 'projects: in a province the time of a tier ends before that of the tier below it';
    END IF;
    RETURN NULL;
"""


def windows_in_order() -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name="windows_in_order",
        when=pgtrigger.After,
        timing=pgtrigger.Deferred,
        operation=pgtrigger.Insert | pgtrigger.Update,
        func=_IN_ORDER.format(always=_ALWAYS, below=_BELOW),
    )
