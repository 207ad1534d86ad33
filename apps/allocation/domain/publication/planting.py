"""Writing what the split comes to: a constant number of statements for any number of institutions."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.allocation.domain.publication.designating import (
    Designated,
    Standing,
    picks_of,
    places_of,
    standing_of,
)
from apps.allocation.domain.publication.given import generation_of, write_given_lines
from apps.allocation.domain.publication.splitting import split_statement, split_values
from apps.allocation.domain.publication.winners import load_winners
from apps.allocation.models import AllocationRow, GroupDesignation, SlotLine
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.scope.database import quick_run
from apps.scope.sql import freshen

_NUMBERS = """
    agreed = s.a, kept = s.k, pending = s.p, lowest = s.l, highest = s.h,
    other = CASE WHEN s.without_winner THEN 0 ELSE s.p - s.l - s.h END, is_excluded = s.without_winner AND s.p > 0
"""
# A row that comes to the same is not written: of millions, few change when a winner or a share does.
RESPLIT = f"""
    UPDATE allocation_allocationrow r SET {_NUMBERS} FROM split s
    WHERE r.id = s.id AND (r.agreed, r.kept, r.pending, r.lowest, r.highest, r.other, r.is_excluded)
        IS DISTINCT FROM (s.a, s.k, s.p, s.l, s.h,
            CASE WHEN s.without_winner THEN 0 ELSE s.p - s.l - s.h END, s.without_winner AND s.p > 0)
"""  # noqa: S608 (no value in it)
PLANT = f"""
    UPDATE allocation_allocationrow r SET {_NUMBERS}, filing_id = f.id
    FROM split s JOIN review_filing f
        ON f.project_id = %(project)s AND f.organization_id = s.organization_id
    WHERE r.id = s.id
"""  # noqa: S608 (no value in it)
CONFIRMED_LINES = """
    INSERT INTO allocation_slotline (row_id, filing_id, path, slot, product_id, contract, reserved, taken)
    SELECT r.id, r.filing_id, r.path, 'selected', w.id, r.kept, 0, r.kept
    FROM allocation_allocationrow r
    JOIN unnest(%(products)s::bigint[], %(items)s::bigint[], %(supplied)s::text[]) AS w(id, item_id, province)
        ON w.item_id = r.item_id AND w.province = '/0/' || split_part(r.path, '/', 3) || '/'
    WHERE r.project_id = %(project)s AND r.kept > 0
    ORDER BY r.filing_id, r.id
"""
POOLS = """
    INSERT INTO allocation_capacitypool (project_id, product_id, terms_id, provinces, capacity,
        fixed, allocated)
    SELECT w.project_id, w.id, t.id, (
            SELECT array_agg(o.path ORDER BY o.path)
            FROM projects_supplyprovince s JOIN organizations_organization o ON o.id = s.province_id
            WHERE s.product_id = w.id
        ), w.capacity, CASE WHEN %(counts)s THEN COALESCE(k.total, 0) ELSE 0 END, 0
    FROM projects_winningproduct w
    JOIN LATERAL (
        SELECT id FROM projects_winningterms WHERE product_id = w.id ORDER BY version DESC LIMIT 1
    ) t ON TRUE
    LEFT JOIN (
        SELECT l.product_id, SUM(l.contract) AS total
        FROM allocation_slotline l JOIN allocation_allocationrow r ON r.id = l.row_id
        WHERE r.project_id = %(project)s AND l.slot = 'selected' GROUP BY l.product_id
    ) k ON k.product_id = w.id
    WHERE w.project_id = %(project)s
    ORDER BY w.id
"""


def standing(project: Project) -> tuple[Standing, Mapping[str, Any]]:
    """Where designations stand now, and the values of the split that follow from them."""
    winners = load_winners(project)
    found = standing_of(places_of(project), winners, picks_of(project))
    return found, split_values(project, found, winners)


def resplit(project: Project) -> int:
    """Compute the rows of an unpublished project anew from its policies and winners; returns their number.

    Places that are still tied count as without a winner until one is named.
    """
    found, values = standing(project)
    quick_run(split_statement(project, RESPLIT), values)
    return sum(place.rows for place in found.places)


def plant_volumes(project: Project) -> None:
    """Freeze designations, give rows their numbers and filings, write confirmed lines and pools."""
    found, values = standing(project)
    _write_designations(project, found.designated)
    quick_run(split_statement(project, PLANT), values)
    made = generation_of(project)
    if made is None:
        quick_run(CONFIRMED_LINES, values)
    else:
        write_given_lines(made)
    quick_run(POOLS, {"project": project.pk, "counts": project.capacity_counts_confirmed})
    freshen(AllocationRow, SlotLine)


def _write_designations(project: Project, designated: Sequence[Designated]) -> None:
    paths = {each.place.province for each in designated}
    provinces = dict(Organization.objects.filter(path__in=paths).values_list("path", "pk"))
    GroupDesignation.objects.bulk_create(
        (
            GroupDesignation(
                project=project,
                product_group=each.place.product_group,
                province_id=provinces[each.place.province],
                path=each.place.province,
                lowest_id=each.designation.lowest,
                highest_id=each.designation.highest,
                merged=each.designation.merged,
                sole=each.sole,
            )
            for each in designated
        ),
        batch_size=5_000,
    )
