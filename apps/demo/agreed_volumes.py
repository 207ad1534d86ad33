"""A finished round's calculation base and agreed volumes, as the alliance makes them: imported, generated, published.

Invariant: made by the product's own services. Winners, their numbers and the coefficients are made up.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from apps.accounts.domain.actors import Actor
from apps.exchange.files.rendering import Record
from apps.projects.models import Project
from apps.volumes.domain.agreed.acts import generate_agreed, publish_agreed
from apps.volumes.domain.bases.acts import generate_base, publish_base
from apps.volumes.domain.versions import review_version
from apps.volumes.files.columns import CONVERSIONS, RESULTS, UNITS
from apps.volumes.files.workbooks import CONVERSION_IMPORT, RESULT_IMPORT

from .demand.catalogue import Offered
from .fixtures import makers
from .importing import import_records

STRENGTHS = {
    "阿托伐他汀钙片": {"20mg": "1", "10mg": "0.5", "40mg": "2"},
    "厄贝沙坦片": {"150mg": "1", "75mg": "0.5"},
}
"""Coefficients by variety and strength; the first strength is the main specification."""
WINNERS = (4, 2, 1, 3, 5, 0)
"""How many won, unit after unit; one unit remains without a winner."""
STRICT = "替米沙坦片"


@dataclass(frozen=True, slots=True)
class Season:
    """What the alliance learns after the reports: coefficients, and the results' workbook each time it comes."""

    conversions: Sequence[Record]
    results: Sequence[Mapping[str, Sequence[Record]]]


def past_season(items: Sequence[Offered]) -> Season:
    """`DEMO-2024`: who won, without ranks; one unit of the stricter class."""
    strict: Record = {
        "competition_unit": STRICT,
        "rule": "",
        "ratio_class": "strict",
        "winners": None,
    }
    return Season(
        conversions=list(conversions(items)),
        results=[{RESULTS: list(_results(items)), UNITS: [strict]}],
    )


def publish_base_of(project: Project, season: Season, by: Actor) -> None:
    """Before 办结: coefficients, base, publication."""
    context = {"project_id": project.pk}
    import_records(CONVERSION_IMPORT, {CONVERSIONS: season.conversions}, context=context, by=by)
    version = generate_base(project=project, by=by, confirmed=True)
    publish_base(version=review_version(version=version, by=by), by=by)


def publish_agreed_of(project: Project, season: Season, by: Actor) -> None:
    """After 办结, when the winners are known."""
    context = {"project_id": project.pk}
    for records in season.results:
        import_records(RESULT_IMPORT, records, context=context, by=by)
    version = generate_agreed(project=project, by=by)
    publish_agreed(version=review_version(version=version, by=by), by=by)


def conversions(items: Sequence[Offered]) -> Iterator[Record]:
    mains: dict[str, str] = {}
    for variety, strengths in STRENGTHS.items():
        main = next(iter(strengths))
        same = (i for i in items if i.variety == variety and i.specification.startswith(f"{main}×"))
        mains[variety] = next(same).item_code
    for item in items:
        if item.variety in mains:
            strength = item.specification.partition("×")[0]
            yield {
                "item_code": item.item_code,
                "main": mains[item.variety],
                "coefficient": STRENGTHS[item.variety][strength],
                "across": True,
            }


def _results(items: Sequence[Offered]) -> Iterator[Record]:
    """Each winner of a unit with its first item, ranked, with a cut of its own."""
    firms = makers()
    first = {item.group: item.item_code for item in reversed(items)}
    for place, unit in enumerate(dict.fromkeys(item.group for item in items)):
        for rank in range(1, WINNERS[place % len(WINNERS)] + 1):
            yield {
                "item_code": first[unit],
                "uscc": firms[(place + rank) % len(firms)].uscc,
                "enterprise": firms[(place + rank) % len(firms)].name,
                "rank": rank,
                "cut": 60 - 4 * rank - place % 3,
            }
