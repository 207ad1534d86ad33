"""Distributors found for a choice: those that declared the places first, never more than a page can show.

Invariant: declared areas (S4-04) order and narrow what a person looks at; they forbid nothing. Reads outside an
enterprise's scope are those of `directory`: enabled distributors, their names and areas.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.distribution.domain.reads import with_areas
from apps.distribution.domain.relations.directory import (
    ENABLED_ARE_KNOWN,
    PROVINCE_DEPTH,
    Carrier,
    carrier_of,
)
from apps.distribution.models import DeliveryArea, DistributorAccount
from apps.distribution.models.relation_places import is_direct, unit_path
from apps.folding.domain.folding import words_of
from apps.organizations.models import Level
from apps.scope.context import whole_country

SHOWN = 50


@dataclass(frozen=True, slots=True)
class Found:
    """`carriers`: first those that were ticked, then those that declared the places, then the others, each by name."""

    carriers: tuple[Carrier, ...]
    number: int
    declaring: int

    @property
    def in_words(self) -> str:
        return f"{self.number:,} 家，申报 {self.declaring:,}"


class Declared:
    """What some distributors say they deliver to, read once: the codes of divisions and of those above them."""

    def __init__(self, carriers: Collection[int]) -> None:
        self._codes: dict[int, set[str]] = defaultdict(set)
        with whole_country(reason=ENABLED_ARE_KNOWN):
            rows = DeliveryArea.objects.filter(account__in=carriers).order_by()
            for account, code, above, level in rows.values_list(
                "account", "division", "division__parent", "division__level"
            ):
                is_county = level == Level.COUNTY
                self._codes[account] |= {code, above or ""} if is_county else {code}

    def says(self, carrier: int, place: str) -> bool:
        """Whether the distributor declared the place or something within it."""
        code = _code_of(place)
        if code is None:
            return bool(self._codes[carrier])
        return code in self._codes[carrier]


def carriers_for(
    province: str,
    *,
    query: str = "",
    places: Collection[str] = (),
    keep: Collection[int] = (),
    most: int = SHOWN,
) -> Found:
    """The enabled distributors of a province that a search finds, and those to keep; constant statements."""
    with whole_country(reason=ENABLED_ARE_KNOWN):
        usable = DistributorAccount.objects.usable().filter(province__path=province)
        rows: QuerySet[Any] = usable.annotate(declares=Exists(_areas(places)))
        matching = _named(rows, query)
        number, declaring = matching.count(), matching.filter(declares=True).count()
        kept = _shown(rows.filter(pk__in=keep).order_by("enterprise__sort_key", "pk"))
        others = matching.exclude(pk__in=keep)
        further = _shown(others.order_by("-declares", "enterprise__sort_key", "pk")[:most])
    return Found((*kept, *further), number, declaring)


def _named(rows: QuerySet[Any], query: str) -> QuerySet[Any]:
    for word in words_of(query):
        rows = rows.filter(
            Q(enterprise__name__says=word)
            | Q(enterprise__pinyin__says=word)
            | Q(enterprise__uscc__says=word)
            | Q(user__username__says=word)
        )
    return rows


def _areas(places: Collection[str]) -> QuerySet[DeliveryArea]:
    rows = DeliveryArea.objects.filter(account=OuterRef("pk"))
    codes = {_code_of(place) for place in places}
    if not codes or None in codes:
        return rows
    return rows.filter(
        Q(division__in=codes) | Q(division__level=Level.COUNTY, division__parent__in=codes)
    )


def _code_of(place: str) -> str | None:
    """The division that an area has to be or to lie in; `None` where any area of the province will do."""
    path = unit_path(place)
    *above, code = path.strip("/").split("/")
    if len(above) >= PROVINCE_DEPTH:
        return code
    return f"{code}0000" if is_direct(place) else None


def _shown(rows: QuerySet[Any]) -> list[Carrier]:
    named = with_areas(rows.select_related("enterprise", "user", "province"))
    return [
        carrier_of(row, declares=row.declares)  # type: ignore[attr-defined]
        for row in named
    ]
