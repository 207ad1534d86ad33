"""The bureaus of the real divisions: which divisions have one, under whom, acting as what (rules §6)."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from apps.organizations.models import Division, Level, Organization, Tier

CORPS = "66"
CORPS_DIVISION = "660000"
MUNICIPALITY_SHELLS = frozenset({"110100", "120100", "310100", "500100", "500200"})
DIRECT_COUNTY_SHELLS = frozenset({"419000", "429000", "469000", "659000"})
SHELLS = MUNICIPALITY_SHELLS | DIRECT_COUNTY_SHELLS
DIVISIONS_FILE = Path(settings.BASE_DIR) / "fixtures" / "divisions.csv"


@dataclass(frozen=True, slots=True)
class Bureau:
    """A bureau to be: its code, its superior's code, what it is and what it acts as."""

    code: str
    name: str
    level: Level
    tier: Tier
    parent: str
    division: str


def read_divisions(path: Path = DIVISIONS_FILE) -> list[Division]:
    """The divisions of the file, parents before children, and the Corps."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        divisions = [
            Division(
                code=row["code"],
                name=row["name"],
                level=row["level"],
                parent_id=row["parent_code"] or None,
            )
            for row in csv.DictReader(file)
        ]
    corps = Division(code=CORPS_DIVISION, name="新疆生产建设兵团", level=Level.PROVINCE)
    order: list[str] = [Level.PROVINCE, Level.CITY, Level.COUNTY]
    return sorted(
        [*divisions, corps], key=lambda division: (order.index(division.level), division.code)
    )


def region_name(division: Division) -> str:
    """A division after all that it lies in; a shell names no place. Wants `parent__parent` read."""
    names, place = [division.name], division.parent
    while place is not None:
        names += [] if place.code in SHELLS else [place.name]
        place = place.parent
    return " ".join(reversed(names))


def bureau_of(division: Division) -> Bureau | None:
    """The bureau that sits in a division; `None` for a shell that no bureau sits in."""
    if division.code in SHELLS:
        return None
    code, name = division.code, f"{division.name}医疗保障局"
    province = CORPS if division.parent_id == "659000" else code[:2]
    if division.level == Level.PROVINCE:
        return Bureau(province, name, Level.PROVINCE, Tier.PROVINCE, "0", code)
    if division.level == Level.CITY:
        return Bureau(code, name, Level.CITY, Tier.CITY, province, code)
    if division.parent_id in SHELLS:
        return Bureau(code, name, Level.COUNTY, Tier.CITY, province, code)
    return Bureau(code, name, Level.COUNTY, Tier.COUNTY, str(division.parent_id), code)


@transaction.atomic
def load_bureaus(divisions: Iterable[Division]) -> tuple[int, int]:
    """Write divisions and the bureaus on them; idempotent. Returns how many of each there are."""
    divisions = list(divisions)
    Division.objects.bulk_create(
        divisions,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "level", "parent"],
        batch_size=2_000,
    )
    _write_tier([Bureau("0", "国家组织药品联合采购办公室", Level.NATIONAL, Tier.ALLIANCE, "", "")])
    bureaus = [bureau for division in divisions if (bureau := bureau_of(division))]
    for level in (Level.PROVINCE, Level.CITY, Level.COUNTY):
        _write_tier([bureau for bureau in bureaus if bureau.level == level])
    return len(divisions), len(bureaus) + 1


def _write_tier(bureaus: list[Bureau]) -> None:
    parents = Organization.objects.in_bulk({bureau.parent for bureau in bureaus}, field_name="code")
    Organization.objects.bulk_create(
        (
            Organization.at(
                parents.get(bureau.parent),
                code=bureau.code,
                name=bureau.name,
                level=bureau.level,
                tier=bureau.tier,
                division_id=bureau.division or None,
            )
            for bureau in bureaus
        ),
        ignore_conflicts=True,
        batch_size=2_000,
    )
