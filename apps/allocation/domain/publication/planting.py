"""Writing what the split comes to: a constant number of statements for any number of institutions."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.allocation.domain.publication import sql
from apps.allocation.domain.publication.designating import (
    Designated,
    Standing,
    picks_of,
    places_of,
    standing_of,
)
from apps.allocation.domain.publication.given import generation_of
from apps.allocation.domain.publication.splitting import split_values
from apps.allocation.domain.publication.winners import load_winners
from apps.allocation.models import AllocationRow, GroupDesignation, SlotLine
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.scope.sql import freshen


def standing(project: Project) -> tuple[Standing, Mapping[str, Any]]:
    """Where designations stand now, and the values of the split that follow from them."""
    winners = load_winners(project)
    places = standing_of(places_of(project), winners, picks_of(project))
    return places, split_values(project, places, winners)


def resplit(project: Project) -> int:
    """Compute the rows of an unpublished project anew from its policies and winners; returns their number.

    Places that are still tied count as without a winner until one is named.
    """
    places, values = standing(project)
    sql.resplit(project, values)
    return sum(place.rows for place in places.places)


def plant_volumes(project: Project) -> None:
    """Freeze designations, give rows their numbers and filings, write confirmed lines and pools."""
    places, values = standing(project)
    _write_designations(project, places.designated)
    sql.plant(project, values)
    made = generation_of(project)
    if made is None:
        sql.write_confirmed_lines(values)
    else:
        sql.write_given_lines(made)
    sql.write_pools(project)
    freshen(AllocationRow, SlotLine)


def _write_designations(project: Project, designated: Sequence[Designated]) -> None:
    paths = {group.place.province for group in designated}
    provinces = dict(Organization.objects.filter(path__in=paths).values_list("path", "pk"))
    GroupDesignation.objects.bulk_create(
        (
            GroupDesignation(
                project=project,
                product_group=group.place.product_group,
                province_id=provinces[group.place.province],
                path=group.place.province,
                lowest_id=group.designation.lowest,
                highest_id=group.designation.highest,
                merged=group.designation.merged,
                sole=group.sole,
            )
            for group in designated
        ),
        batch_size=5_000,
    )
