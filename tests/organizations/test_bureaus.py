"""The tree on the real divisions and its traps (rules §6)."""

import io
from collections import Counter

import pytest
from django.core.management import call_command

from apps.organizations.domain.bureaus import (
    CORPS,
    DIRECT_COUNTY_SHELLS,
    MUNICIPALITY_SHELLS,
    bureau_of,
    load_bureaus,
    read_divisions,
    region_name,
)
from apps.organizations.models import Division, Level, Organization, Tier
from apps.scope.context import whole_country
from apps.scope.paths import lineage


@pytest.fixture(scope="module")
def divisions():
    return {division.code: division for division in read_divisions()}


def bureau(divisions, code):
    return bureau_of(divisions[code])


def test_file_has_the_size_that_the_source_says(divisions):
    levels = Counter(division.level for division in divisions.values())

    assert levels == {Level.PROVINCE: 31 + 1, Level.CITY: 342, Level.COUNTY: 2975}


@pytest.mark.parametrize("code", sorted(MUNICIPALITY_SHELLS | DIRECT_COUNTY_SHELLS))
def test_no_bureau_sits_in_a_pseudo_city(divisions, code):
    assert divisions[code].level == Level.CITY
    assert bureau(divisions, code) is None


@pytest.mark.parametrize(
    ("code", "province"),
    [("110101", "11"), ("120101", "12"), ("310101", "31"), ("500101", "50"), ("500229", "50")],
)
def test_districts_of_municipalities_act_as_cities(divisions, code, province):
    made = bureau(divisions, code)

    assert (made.level, made.tier, made.parent) == (Level.COUNTY, Tier.CITY, province)


@pytest.mark.parametrize(
    ("code", "province"), [("419001", "41"), ("429004", "42"), ("469001", "46")]
)
def test_counties_directly_under_a_province_act_as_cities(divisions, code, province):
    made = bureau(divisions, code)

    assert (made.level, made.tier, made.parent) == (Level.COUNTY, Tier.CITY, province)


def test_the_corps_is_a_member_of_its_own_with_its_cities(divisions):
    made = bureau(divisions, "660000")
    assert (made.code, made.name, made.tier, made.parent) == (
        CORPS, "新疆生产建设兵团医疗保障局", Tier.PROVINCE, "0",
    )  # fmt: skip

    cities = [
        division
        for code, division in divisions.items()
        if code.startswith("6590") and code != "659000"
    ]
    assert len(cities) == 12
    assert {(bureau_of(city).parent, bureau_of(city).tier) for city in cities} == {
        (CORPS, Tier.CITY)
    }


@pytest.mark.parametrize("code", ["441900", "442000", "460400"])
def test_cities_without_counties_are_ordinary_cities(divisions, code):
    made = bureau(divisions, code)

    assert (made.tier, made.parent) == (Tier.CITY, code[:2])
    assert not [division for division in divisions.values() if division.parent_id == code]


def test_development_zones_are_ordinary_counties(divisions):
    zones = [
        code
        for code, division in divisions.items()
        if division.level == Level.COUNTY and "71" <= code[4:] <= "79"
    ]

    assert zones
    assert {bureau(divisions, code).tier for code in zones} == {Tier.COUNTY}


def test_ordinary_counties_answer_to_their_city(divisions):
    made = bureau(divisions, "420106")

    assert (made.level, made.tier, made.parent, made.name) == (
        Level.COUNTY, Tier.COUNTY, "420100", "武昌区医疗保障局",
    )  # fmt: skip


@pytest.fixture
def whole_tree(db):
    with whole_country(reason="test"):
        load_bureaus(read_divisions())
        yield


@pytest.mark.covers("S0-01", "S0-02")
def test_whole_country_is_one_tree(whole_tree):
    units = {unit.path: unit for unit in Organization.objects.all()}
    tiers = Counter(unit.tier for unit in units.values())

    shells = len(MUNICIPALITY_SHELLS | DIRECT_COUNTY_SHELLS)
    assert len(units) == 1 + 32 + 342 + 2975 - shells
    assert (tiers[Tier.ALLIANCE], tiers[Tier.PROVINCE]) == (1, 32)
    for path, unit in units.items():
        assert set(lineage(path)) <= units.keys()
        assert unit.parent_id == (units[lineage(path)[-2]].pk if unit.parent_id else None)


def test_loading_again_changes_nothing(whole_tree):
    before = list(Organization.objects.order_by("pk").values())

    told = io.StringIO()
    call_command("load_divisions", stdout=told)

    assert told.getvalue() == "3349 个行政区划，3341 个医保单位。\n"
    assert list(Organization.objects.order_by("pk").values()) == before
    assert Division.objects.count() == 3349


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("110101", "北京市 东城区"),
        ("429004", "湖北省 仙桃市"),
        ("420106", "湖北省 武汉市 武昌区"),
        ("420100", "湖北省 武汉市"),
        ("420000", "湖北省"),
    ],
)
def test_a_region_is_named_after_places_not_shells(divisions, code, name):
    division = divisions[code]
    above = division
    while above.parent_id:
        above.parent = divisions[above.parent_id]
        above = above.parent

    assert region_name(division) == name
