"""What an enterprise may know beyond its own rows: bureaus' names, and which distributors are enabled where.

Invariant: these are the only reads of units and distributors outside an enterprise's scope; they give names, places and
reference areas, never a person, a phone or a relation of somebody else.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from apps.distribution.domain.reads import with_areas
from apps.distribution.models import DistributorAccount
from apps.distribution.models.relation_places import is_direct, place_of, unit_path
from apps.organizations.models import Organization, Tier
from apps.projects.models.provinces import short_name
from apps.scope.context import whole_country
from apps.scope.paths import in_subtree, province_path

BUREAUS_ARE_PUBLIC = "administrative divisions are public"
ENABLED_ARE_KNOWN = "a province's enabled distributors are known to its suppliers"
TIERS = (Tier.PROVINCE, Tier.CITY, Tier.COUNTY)
PROVINCE_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Unit:
    """A bureau as a place: `path` ends in its code."""

    pk: int
    code: str
    name: str
    path: str
    pinyin: str = ""

    @property
    def depth(self) -> int:
        """2 for a province, 3 below it, 4 for the counties of a city."""
        return self.path.count("/") - 1

    @property
    def parent(self) -> str:
        return self.path[: self.path.rstrip("/").rfind("/") + 1]


@dataclass(frozen=True, slots=True)
class Carrier:
    """An enabled distributor of one province; `areas` are what it says of itself (S4-04).

    `declares`: whether the places that were asked for are among them.
    """

    pk: int
    enterprise_id: int
    name: str
    username: str
    uscc: str
    province: str
    areas: str
    declares: bool = False


def provinces() -> list[Unit]:
    """All provinces, in the order of their codes."""
    with whole_country(reason=BUREAUS_ARE_PUBLIC):
        rows = Organization.objects.filter(tier=Tier.PROVINCE).select_related("division")
        return [_unit(row) for row in rows.order_by("path")]


def units_of(province: str) -> list[Unit]:
    """A province's bureau and those below it, parents before children."""
    with whole_country(reason=BUREAUS_ARE_PUBLIC):
        rows = Organization.objects.filter(in_subtree(province), tier__in=TIERS)
        return [_unit(row) for row in rows.select_related("division").order_by("path")]


def country() -> list[Unit]:
    """Every bureau that is a place, parents before children: some 3,000."""
    with whole_country(reason=BUREAUS_ARE_PUBLIC):
        rows = Organization.objects.filter(tier__in=TIERS).select_related("division")
        return [_unit(row) for row in rows.order_by("path")]


def units_at(places: Iterable[str]) -> dict[str, Unit]:
    """The bureaus that these places are of, by path."""
    paths = {unit_path(place) for place in places}
    return {unit.path: unit for unit in _bureaus(path__in=paths)}


def units_coded(codes: Collection[str]) -> dict[str, Unit]:
    """The bureaus of these codes, by code."""
    return {unit.code: unit for unit in _bureaus(code__in=codes)}


def _bureaus(**named: Collection[str]) -> list[Unit]:
    with whole_country(reason=BUREAUS_ARE_PUBLIC):
        rows = Organization.objects.filter(tier__in=TIERS, **named)
        return [_unit(row) for row in rows.select_related("division")]


def carriers_of(provinces: Collection[str]) -> list[Carrier]:
    """The enabled distributors of these provinces (paths), by name."""
    with whole_country(reason=ENABLED_ARE_KNOWN):
        rows = DistributorAccount.objects.usable().filter(province__path__in=provinces)
        named = with_areas(rows.select_related("enterprise", "user", "province"))
        return [carrier_of(row) for row in named.order_by("enterprise__sort_key", "pk")]


def served_provinces() -> frozenset[str]:
    """The paths of the provinces that have an enabled distributor."""
    with whole_country(reason=ENABLED_ARE_KNOWN):
        rows = DistributorAccount.objects.usable().order_by()
        return frozenset(rows.values_list("province__path", flat=True).distinct())


def carriers_by_id(ids: Collection[int]) -> dict[int, Carrier]:
    """Those of these distributor accounts that are enabled now."""
    with whole_country(reason=ENABLED_ARE_KNOWN):
        rows = DistributorAccount.objects.usable().filter(pk__in=ids)
        named = with_areas(rows.select_related("enterprise", "user", "province"))
        return {row.pk: carrier_of(row) for row in named}


def choices_of(units: Sequence[Unit]) -> list[tuple[str, str]]:
    """Every place of these units with its name: each unit as a whole, and 直属 where something hangs below."""
    parents = {unit.parent for unit in units}
    choices = []
    for unit in units:
        choices.append((unit.path, unit.name))
        if unit.path in parents:
            choices.append((place_of(unit.path, direct=True), direct_name(unit)))
    return choices


def direct_name(unit: Unit) -> str:
    word = "省(区)直属" if unit.depth == PROVINCE_DEPTH else "直属"
    return f"{unit.name} {word}"


def name_of(place: str, units: dict[str, Unit]) -> str:
    unit = units.get(unit_path(place))
    if unit is None:
        return place
    return direct_name(unit) if is_direct(place) else unit.name


def in_same_province(place: str, carrier: Carrier) -> bool:
    return province_path(place) == carrier.province


def _unit(row: Organization) -> Unit:
    is_province = row.tier == Tier.PROVINCE
    name = short_name(row) if is_province else row.division.name if row.division else row.name
    return Unit(row.pk, row.code, name, row.path, row.pinyin)


def carrier_of(row: DistributorAccount, *, declares: bool = False) -> Carrier:
    """Use with `with_areas` and the names of enterprise, user and province."""
    names: list[str] = row.area_names  # type: ignore[attr-defined]
    more = row.area_count - len(names)  # type: ignore[attr-defined]
    return Carrier(
        pk=row.pk,
        enterprise_id=row.enterprise_id,
        name=row.enterprise.name,
        username=row.user.username if row.user else "",
        uscc=row.enterprise.uscc,
        province=row.province.path,
        areas="、".join(names) + (f" 等 {row.area_count} 个" if more > 0 else ""),  # type: ignore[attr-defined]
        declares=declares,
    )
