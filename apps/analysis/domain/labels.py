"""What the chosen keys of filters are called; one statement where there are places, whatever is chosen."""

from collections.abc import Iterable, Mapping

from apps.organizations.models import Level, Organization, Tier
from apps.projects.models.provinces import short_name
from apps.reporting.domain.rollup import Dimension, Source
from apps.reporting.domain.rollup.question import PLACES
from apps.review.models.statuses import Status

Names = Mapping[Dimension, Mapping[str, str]]
NONE = "-"
UNNAMED = "未填写"


def names_of(filters: Mapping[Dimension, Iterable[str]], source: Source) -> Names:
    """By dimension and key; what doesn't exist, or not for this viewer, is called by its key."""
    places = _places({key for dimension in PLACES for key in filters.get(dimension, ())})
    known = {
        **{dimension: places[dimension] for dimension in PLACES},
        Dimension.ITEM: _items(source) if filters.get(Dimension.ITEM) else {},
        Dimension.STATUS: _statuses(),
    }
    return {
        dimension: {key: known.get(dimension, {}).get(key) or _own(key) for key in keys}
        for dimension, keys in filters.items()
    }


def _own(key: str) -> str:
    return UNNAMED if key == NONE else key


def _places(codes: set[str]) -> dict[Dimension, dict[str, str]]:
    """What stands straight below a province or a city is called so."""
    named: dict[Dimension, dict[str, str]] = {dimension: {} for dimension in PLACES}
    rows = Organization.objects.filter(code__in=codes).select_related("division") if codes else ()
    for unit in rows:
        full = unit.division.name if unit.division else unit.name
        own = short_name(unit) if unit.tier == Tier.PROVINCE else full
        named[Dimension.PROVINCE][unit.code] = own
        is_city = unit.tier == Tier.CITY
        named[Dimension.CITY][unit.code] = own if is_city else f"{own}（省直属）"
        straight = "省" if unit.tier == Tier.PROVINCE else "市"
        is_county = unit.level == Level.COUNTY
        named[Dimension.COUNTY][unit.code] = own if is_county else f"{own}（{straight}直属）"
    return named


def _items(source: Source) -> dict[str, str]:
    headers = source.catalogue.headers(Dimension.ITEM)
    return {item.key: f"{item.key} {item.label}" for item in headers}


def _statuses() -> dict[str, str]:
    return {status.value: str(status.label) for status in Status}
