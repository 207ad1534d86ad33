"""指定: how designations stand, before publication computed, afterwards as they were frozen."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from apps.allocation.domain.publication.designating import Place, Standing, places_of
from apps.allocation.domain.publication.planting import standing
from apps.allocation.domain.publication.splitting import open_ties
from apps.allocation.models import GroupDesignation, Slot
from apps.organizations.models import Enterprise, Organization
from apps.projects.models import Project


@dataclass(frozen=True, slots=True)
class DesignationRow:
    """One group with one outcome, and the provinces where it holds."""

    product_group: str
    lowest: str
    highest: str
    words: str
    provinces: str
    rows: int


@dataclass(frozen=True, slots=True)
class TieRow:
    """One tie over all provinces where the same enterprises share the place."""

    product_group: str
    slot: Slot
    enterprises: tuple[Enterprise, ...]
    provinces: str


@dataclass(frozen=True, slots=True)
class Overview:
    rows: list[DesignationRow]
    ties: list[TieRow]
    without_winner: list[DesignationRow]


Outcome = tuple[str, int, int, bool, bool]


def overview_of(project: Project) -> Overview:
    """A constant number of statements, frozen or not."""
    if project.is_frozen:
        return _frozen(project)
    places, values = standing(project)
    places = replace(places, ties=tuple(open_ties(project, places, values)))
    names = _province_names(
        [group.place.province for group in places.designated]
        + [tie.place.province for tie in places.ties]
        + [place.province for place in places.without_winner]
    )
    return Overview(
        rows=_rows(
            (
                (
                    group.place.product_group,
                    int(group.designation.lowest),
                    int(group.designation.highest),
                    group.designation.merged,
                    group.sole,
                ),
                group.place,
            )
            for group in places.designated
        ),
        ties=_ties(places, names),
        without_winner=_without(places.without_winner, names),
    )


def _frozen(project: Project) -> Overview:
    places = {(place.product_group, place.province): place for place in places_of(project)}
    rows = GroupDesignation.objects.filter(project=project).order_by("product_group", "path")
    known = {(row.product_group, row.path) for row in rows}
    left_out = [place for key, place in places.items() if key not in known]
    return Overview(
        rows=_rows(
            (
                (row.product_group, row.lowest_id, row.highest_id, row.merged, row.sole),
                places[row.product_group, row.path],
            )
            for row in rows
            if (row.product_group, row.path) in places
        ),
        ties=[],
        without_winner=_without(left_out, _province_names([p.province for p in left_out])),
    )


def _rows(outcomes: Iterable[tuple[Outcome, Place]]) -> list[DesignationRow]:
    groups: dict[Outcome, list[Place]] = defaultdict(list)
    for outcome, place in outcomes:
        groups[outcome].append(place)
    makers = Enterprise.objects.in_bulk({pk for outcome in groups for pk in outcome[1:3]})
    names = _province_names([place.province for places in groups.values() for place in places])
    return [
        DesignationRow(
            product_group=group,
            lowest=makers[lowest].name,
            highest=makers[highest].name,
            words="唯一中选企业" if sole else "同一企业，合并" if merged else "",
            provinces=_listed(places, names),
            rows=sum(place.rows for place in places),
        )
        for (group, lowest, highest, merged, sole), places in groups.items()
    ]


def _ties(standing: Standing, names: dict[str, str]) -> list[TieRow]:
    groups: dict[tuple[str, Slot, tuple[int, ...]], list[Place]] = defaultdict(list)
    for tie in standing.ties:
        groups[tie.place.product_group, tie.slot, tie.enterprises].append(tie.place)
    makers = Enterprise.objects.in_bulk({pk for *_, tied in groups for pk in tied})
    return [
        TieRow(group, slot, tuple(makers[pk] for pk in tied), _listed(places, names))
        for (group, slot, tied), places in groups.items()
    ]


def _without(places: Sequence[Place], names: dict[str, str]) -> list[DesignationRow]:
    groups: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        groups[place.product_group].append(place)
    return [
        DesignationRow(
            group, "", "", "", _listed(members, names), sum(place.rows for place in members)
        )
        for group, members in groups.items()
    ]


def _province_names(paths: Iterable[str]) -> dict[str, str]:
    rows = Organization.objects.filter(path__in=set(paths))
    return dict(rows.values_list("path", "division__name"))


def _listed(places: Sequence[Place], names: dict[str, str]) -> str:
    return "、".join(names.get(place.province, place.province) for place in places)
