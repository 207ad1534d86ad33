"""A national set of institutions of the real size and shape, made up on the real tree (rules §6).

One health centre for each township, a general hospital for each county, a few for each city and province; with
`EXTRA` kinds for each county the set grows beyond that. Invariant: an institution's code depends on the fixtures
alone, never on the seed or the number wanted, so that several rounds share their institutions.
"""

import csv
import itertools
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from apps.demo.domain.sql import copy_missing
from apps.organizations.models import Level, Organization, Tier
from apps.scope.sql import freshen

TOWNSHIPS_FILE = Path(settings.BASE_DIR) / "fixtures" / "townships.csv"
FIRST_NUMBER = 10_001
"""Numbers below are the demo's own institutions."""

NOT_SERVED = ("监狱", "戒毒", "劳教")
TOWN_ENDINGS = ("镇", "乡", "苏木", "农场", "林场", "牧场", "渔场", "茶场", "团")


class TooMany(ValueError):
    """More institutions are wanted than the fixtures can carry."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What an institution is called after its place, and what it is."""

    ending: str
    kind: str
    grade: str
    ownership: str = "公立"


COUNTY = (Kind("人民医院", "综合医院", "二级甲等"),)
CITY = (
    Kind("第一人民医院", "综合医院", "三级甲等"),
    Kind("中心医院", "综合医院", "三级甲等"),
    Kind("中医医院", "中医医院", "三级乙等"),
    Kind("妇幼保健院", "妇幼保健院", "三级乙等"),
)
PROVINCE = (
    *(
        Kind(ending, "综合医院", "三级甲等")
        for ending in ("第一人民医院", "第二人民医院", "中心医院")
    ),
    Kind("中医院", "中医医院", "三级甲等"),
    *(
        Kind(ending, "专科医院", "三级甲等")
        for ending in ("肿瘤医院", "心血管病医院", "妇产医院", "儿童医院")
    ),
)
EXTRA = (
    Kind("中医医院", "中医医院", "二级甲等"),
    Kind("妇幼保健院", "妇幼保健院", "二级乙等"),
    Kind("康宁医院", "专科医院", "二级乙等", "民营"),
    Kind("同心医院", "综合医院", "一级", "民营"),
)
CENTRE = Kind("社区卫生服务中心", "社区卫生服务中心", "一级")
TOWN_CENTRE = Kind("卫生院", "乡镇卫生院", "一级")


@dataclass(frozen=True, slots=True)
class Institution:
    """An institution to be, under the bureau with the code `parent`."""

    parent: str
    code: str
    name: str
    kind: Kind


def choose(wanted: int, seed: int, bureaus: Iterable[Organization]) -> list[Institution]:
    """`wanted` institutions under `bureaus`, by code; the same for the same seed. Raises `TooMany`."""
    standard, extra = _pool(list(bureaus))
    if wanted > len(standard) + len(extra):
        raise TooMany(f"行政区划数据最多可生成 {len(standard) + len(extra)} 家医疗机构。")
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose, no secret
    if wanted <= len(standard):
        chosen = chance.sample(standard, wanted)
    else:
        chosen = standard + chance.sample(extra, wanted - len(standard))
    return sorted(chosen, key=lambda institution: institution.code)


def _pool(bureaus: list[Organization]) -> tuple[list[Institution], list[Institution]]:
    by_code = {bureau.code: bureau for bureau in bureaus}
    numbers: dict[str, Iterator[int]] = {}

    def made(parent: Organization, name: str, kind: Kind) -> Institution:
        place = str(parent.division_id)
        number = next(numbers.setdefault(place, itertools.count(FIRST_NUMBER)))
        return Institution(parent.code, f"H{place}{number:05d}", name, kind)

    hospitals = [made(*hospital) for bureau in bureaus for hospital in _hospitals(bureau)]
    centres = [made(*centre) for centre in _centres(by_code)]
    extra = [
        made(bureau, f"{_place(bureau)}{kind.ending}", kind)
        for kind in EXTRA
        for bureau in bureaus
        if bureau.level == Level.COUNTY
    ]
    return hospitals + centres, extra


def _hospitals(bureau: Organization) -> Iterator[tuple[Organization, str, Kind]]:
    kinds = {Level.PROVINCE: PROVINCE, Level.CITY: CITY, Level.COUNTY: COUNTY}
    for kind in kinds.get(Level(bureau.level), ()):
        yield bureau, f"{_place(bureau)}{kind.ending}", kind


def _centres(by_code: Mapping[str, Organization]) -> Iterator[tuple[Organization, str, Kind]]:
    """One for each township whose bureau is there; prisons and the like have none."""
    with TOWNSHIPS_FILE.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            parent, name = by_code.get(row["parent_code"]), row["name"]
            if parent is None or any(word in name for word in NOT_SERVED):
                continue
            kind = TOWN_CENTRE if name.endswith(TOWN_ENDINGS) else CENTRE
            yield parent, f"{_prefix(parent, name)}{_plain(name)}{kind.ending}", kind


def _place(bureau: Organization) -> str:
    return bureau.name.removesuffix("医疗保障局")


def _prefix(parent: Organization, name: str) -> str:
    """The county's name, unless the township's begins with it: 武昌区徐家棚街道, 中关村街道."""
    place = _place(parent)
    return "" if name.startswith(place[:2]) else place


def _plain(name: str) -> str:
    """Without the remark that some names carry: 东湖风景区街道（武昌） → 东湖风景区街道."""
    return name.split("（", maxsplit=1)[0].removesuffix("办事处")


FIELDS = (
    "code", "name", "pinyin", "sort_key", "level", "tier", "parent", "path", "division", "grade",
    "ownership", "kind", "contact_name", "phone", "is_active",
)  # fmt: skip


def load_institutions(institutions: Iterable[Institution]) -> int:
    """Write those that are not there yet, by COPY. Returns how many there were to write."""
    bureaus = {bureau.code: bureau for bureau in Organization.objects.bureaus()}
    rows = (_row(bureaus[institution.parent], institution) for institution in institutions)
    added = copy_missing(Organization, FIELDS, rows, key="code")
    freshen(Organization)
    return added


def _row(parent: Organization, institution: Institution) -> tuple[object, ...]:
    unit = Organization.at(
        parent,
        code=institution.code,
        name=institution.name,
        level=Level.INSTITUTION,
        tier=Tier.INSTITUTION,
        division_id=parent.division_id,
        grade=institution.kind.grade,
        ownership=institution.kind.ownership,
        kind=institution.kind.kind,
    )
    fields = (Organization._meta.get_field(name).attname for name in FIELDS)  # type: ignore[union-attr]
    return tuple(getattr(unit, field) for field in fields)
