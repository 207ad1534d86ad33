"""From approved provinces to an open allocation: base, agreed volumes, 办结, 生成分量任务, publication."""

import re

import pytest

from tests import factories_generation as make
from tests.journeys import bureaus, season
from tests.volumes import rounds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE = "FL-2026"
TERMS = {
    code: {"包装中选价": price, "最小包装数量": 28, "日均使用量": "1", "最大产能": 1_000_000}
    for code, price in (("P1", "28.00"), ("P2", "21.00"))
}


def test_from_approved_provinces_to_the_institutions_task(
    enter, tree, hospital_clerk, alliance_officer
):
    reports = {tree["H42010600001"]: {"P1": 10_000, "P2": 8_003, "P3": 5_001, "P4": 77}}
    demand = rounds.approved_round(reports, alliance_officer, units=make.UNITS)
    rounds.set_rules(demand, rule="r2")
    rounds.won(demand, *((item, f"{item}制药", cut, None) for item, cut in make.CUTS.items()))

    office = enter("alliance").sign_in(alliance_officer)
    season.publish_base(office, demand.code)
    season.publish_agreed(office, demand.code)
    bureaus.conclude(office, demand.code)
    season.generate(office, demand.name, CODE)
    office.open(f"/projects/{CODE}/winners/").sees("P1制药", "P2制药", "60")
    season.complete_terms(office, CODE, TERMS)
    season.generate_volumes(office, CODE, 3)
    office.sees("13,761")
    season.publish(office, CODE)

    clerk = enter("institution").sign_in(hospital_clerk)
    clerk.open(f"/allocation/{CODE}/selected/").sees("8,000", "5,761")
    clerk.open(f"/allocation/{CODE}/pending/").sees("4,000", "641")
    link = clerk.row("P3").get_by_role("link", name=re.compile("分量.*其他中选"))
    clerk.follow(link).look().sees("P1制药", "P2制药")
