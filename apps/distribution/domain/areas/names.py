"""The divisions that a distributor may name as its areas: the counties of its province, and 省(区)直属 (S4-12)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q

from apps.distribution.models import DIRECT
from apps.organizations.domain.bureaus import CORPS, MUNICIPALITY_SHELLS
from apps.organizations.models import Division, Level, Organization

CORPS_CITIES = "659000"
"""Xinjiang's shell of the cities that belong to the Corps (rules §6)."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A division to tick."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Place:
    """A city with its counties, a city without any as its own, or the province for 直属."""

    code: str
    name: str
    choices: tuple[Choice, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(choice.code for choice in self.choices)

    def within(self, chosen: Collection[str]) -> tuple[Choice, ...]:
        return tuple(choice for choice in self.choices if choice.code in chosen)


def places_of(province: Organization) -> list[Place]:
    """Cities in the order of their codes, 直属 last; one statement."""
    top = province.division_id or ""
    is_corps = province.code == CORPS
    below = Q(parent_id=top) | Q(parent__parent_id=top)
    if is_corps:
        below = Q(parent_id=CORPS_CITIES)
    divisions = list(Division.objects.filter(below).select_related("parent").order_by("code"))
    counties: dict[str, list[Choice]] = defaultdict(list)
    for division in divisions:
        if division.level == Level.COUNTY and (is_corps or division.parent_id != CORPS_CITIES):
            counties[division.parent_id or ""].append(Choice(division.code, division.name))
    cities = {
        division.code: _city_name(division)
        for division in divisions
        if division.level == Level.CITY
    }
    if is_corps:
        cities = {CORPS_CITIES: province.name}
    cities.pop("" if is_corps else CORPS_CITIES, None)
    places = [
        Place(code, name, tuple(counties[code]) or (Choice(code, name),))
        for code, name in cities.items()
    ]
    return [*places, Place(top, DIRECT, (Choice(top, DIRECT),))]


def _city_name(city: Division) -> str:
    """A municipality's shell of districts is called after the municipality: 市辖区 tells nobody where (rules §6)."""
    if city.parent is None or city.code not in MUNICIPALITY_SHELLS:
        return city.name
    return city.parent.name + ("（县）" if city.name == "县" else "")


def described(places: list[Place], chosen: Collection[str]) -> list[tuple[str, tuple[str, ...]]]:
    """What is chosen, city by city: all of a city in one word."""
    told: list[tuple[str, tuple[str, ...]]] = []
    for place in places:
        inside = place.within(chosen)
        if len(inside) == len(place.choices) > 1:
            told.append((place.name, (f"全部 {len(inside)} 个区县",)))
        elif inside:
            told.append((place.name, tuple(choice.name for choice in inside)))
    return told
