"""Whose time begins or ends soon, and who was told of it.

Invariant: one statement finds and notes them, so that each account is told once of each moment, whoever else looks at
the same time; a filing is returned if somebody was told of it just now.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from apps.notices.event import EventName
from apps.projects.models import Phase
from apps.review.models.statuses import EDITABLE, FROZEN, Status
from apps.scope.database import quick_rows

ENDS: Mapping[EventName, timedelta] = {
    EventName.FOUR_HOURS: timedelta(hours=4),
    EventName.ONE_DAY: timedelta(days=1),
    EventName.THREE_DAYS: timedelta(days=3),
}
"""How long before the end each is told; the most urgent one counts."""
OPENED = timedelta(days=1)
"""Whose time opened longer ago hears of it no more."""

# As `Timing` decides it: a province narrows the nation's window, a correction deadline may lie behind both. A 补报 has
# a reminder of its own. A window that was never open for so long before its end isn't told of that end.
_TELL = """
    WITH span AS MATERIALIZED (
        SELECT project.id AS project_id, whole.tier, own.path, whole.is_on AND COALESCE(own.is_on, TRUE) AS is_on,
            GREATEST(whole.opens_at, own.opens_at) AS opens_at, LEAST(whole.closes_at, own.closes_at) AS closes_at
        FROM projects_project project
        JOIN projects_projectwindow whole ON whole.project_id = project.id
        LEFT JOIN projects_provincewindow own ON own.project_id = project.id AND own.tier = whole.tier
        WHERE project.phase = ANY(%(phases)s)
        UNION ALL
        SELECT project.id, whole.tier, NULL, whole.is_on, whole.opens_at, whole.closes_at
        FROM projects_project project JOIN projects_projectwindow whole ON whole.project_id = project.id
        WHERE project.phase = ANY(%(phases)s) AND EXISTS (
            SELECT 1 FROM projects_provincewindow own WHERE own.project_id = project.id AND own.tier = whole.tier
        )
    ), timed AS MATERIALIZED (
        SELECT DISTINCT ON (filing.id) filing.id, filing.project_id, filing.path, filing.organization_id, filing.status,
            CASE WHEN span.is_on AND span.opens_at <= %(now)s AND span.closes_at > %(now)s THEN span.opens_at END
                AS opened_at,
            CASE WHEN span.is_on AND span.opens_at <= %(now)s AND span.closes_at > %(now)s THEN span.closes_at END
                AS closes_at,
            CASE WHEN filing.correction_deadline > %(now)s THEN filing.correction_deadline END AS deadline
        FROM review_filing filing
        JOIN span ON span.project_id = filing.project_id AND span.tier = filing.tier
            AND (span.path IS NULL OR starts_with(filing.path, span.path))
        WHERE filing.status = ANY(%(editable)s) AND NOT filing.maintained AND filing.tier <> 'alliance'
        ORDER BY filing.id, span.path NULLS LAST
    ), moment AS (
        SELECT timed.*, GREATEST(closes_at, deadline) AS ends_at,
            CASE WHEN deadline IS NULL OR closes_at > deadline THEN opened_at END AS since
        FROM timed WHERE NOT EXISTS (
            SELECT 1 FROM projects_supplementwindow again WHERE again.project_id = timed.project_id
                AND again.organization_id = timed.organization_id AND again.is_on
                AND again.opens_at <= %(now)s AND again.closes_at > %(now)s
        )
    ), due AS MATERIALIZED (
        SELECT id, project_id, path, organization_id, 'opening' AS name, opened_at AS moment FROM moment
        WHERE status = %(draft)s AND opened_at > %(now)s - %(opened)s
        UNION ALL
        SELECT id, project_id, path, organization_id, ending.name, ends_at FROM moment
        CROSS JOIN LATERAL (
            SELECT given.name, given.before
            FROM unnest(%(names)s::text[], %(befores)s::interval[]) AS given (name, before)
            WHERE ends_at <= %(now)s + given.before ORDER BY given.before LIMIT 1
        ) ending
        WHERE since IS NULL OR since <= ends_at - ending.before
    ), told AS (
        INSERT INTO subscriptions_told (account_id, name, project_id, moment)
        SELECT account.id, due.name, due.project_id, due.moment FROM due
        JOIN accounts_user account ON account.organization_id = due.organization_id AND account.is_active
        JOIN organizations_organization unit ON unit.id = due.organization_id AND unit.is_active
        WHERE NOT EXISTS (
            SELECT 1 FROM subscriptions_told before WHERE before.account_id = account.id AND before.name = due.name
                AND before.project_id = due.project_id AND before.moment = due.moment
        ) AND NOT EXISTS (
            SELECT 1 FROM review_filing held WHERE held.project_id = due.project_id AND held.status = ANY(%(frozen)s)
                AND held.path = ANY(review_lineage(due.path)) AND held.path <> due.path
        )
        ON CONFLICT DO NOTHING RETURNING account_id, name, project_id, moment
    )
    SELECT DISTINCT due.id, due.name, due.moment FROM told
    JOIN accounts_user account ON account.id = told.account_id
    JOIN due ON due.organization_id = account.organization_id AND due.project_id = told.project_id
        AND due.name = told.name AND due.moment = told.moment
    ORDER BY due.id, due.name
"""


class Reached(NamedTuple):
    """A filing of whose time somebody was told just now."""

    filing_id: int
    name: EventName
    moment: datetime


def tell(at: datetime) -> list[Reached]:
    """Note whom the moment concerns and return it; within a transaction that also tells them."""
    values = {
        "now": at,
        "phases": [Phase.PUBLISHED, Phase.CLOSED],
        "editable": sorted(EDITABLE),
        "frozen": sorted(FROZEN),
        "draft": Status.DRAFT,
        "opened": OPENED,
        "names": list(ENDS),
        "befores": list(ENDS.values()),
    }
    return [
        Reached(key, EventName(name), moment) for key, name, moment in quick_rows(_TELL, values)
    ]
