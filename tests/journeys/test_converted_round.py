"""A round with conversions on the product's own pages: what was reported stays with the product that it was of."""

import pytest

from tests.journeys import bureaus, institution, season
from tests.journeys.workbooks import read
from tests.volumes import rounds

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODE, HOSPITAL = "FL-2026", "H42010600001"
UNITS = {"P1": "甲单元", "P2": "甲单元", "P3": "甲单元", "P4": "乙单元", "P5": "乙单元"}
REPORTED = {"P1": 1_001, "P2": 503, "P3": 77, "P4": 640, "P5": 91}
FOLDED = [
    {"品规编号": "P2", "主规格品规编号": "P1", "折算系数": "0.5"},
    {"品规编号": "P3", "主规格品规编号": "P1", "折算系数": "2"},
    {"品规编号": "P5", "主规格品规编号": "P4", "折算系数": "2"},
]
RESULTS = [
    season.won(item, f"{item}制药", number, 降幅=cut)
    for number, (item, cut) in enumerate({"P1": "60", "P2": "55", "P3": "50", "P5": "40"}.items())
]
TERMS = {
    code: {"包装中选价": "14.00", "最小包装数量": 28, "日均使用量": usage, "最大产能": 1_000_000}
    for code, usage in (("P1", "1"), ("P2", "2"), ("P3", "0.5"), ("P5", "1"))
}
KEPT = {"P1": 700, "P2": 352, "P3": 53, "P5": 45}
"""Three winners 70 %, one winner 50 %, each of its own item in its own smallest units."""
PENDING, PLACED = 320, 308
"""Half of what was reported of P4, which nobody won; in whole packs of the only winner of its group."""


def test_a_round_with_conversions(
    enter, tree, hospital_clerk, city_reviewer, province_officer, alliance_officer
):
    reports = {tree[HOSPITAL]: REPORTED}
    demand = rounds.approved_round(reports, alliance_officer, units=UNITS)
    office = enter("alliance").sign_in(alliance_officer)
    season.import_conversions(office, demand.code, FOLDED)
    season.publish_base(office, demand.code)
    season.import_results(office, demand.code, RESULTS)
    season.publish_agreed(office, demand.code)
    bureaus.conclude(office, demand.code)
    season.generate(office, demand.name, CODE)
    season.complete_terms(office, CODE, TERMS)
    season.generate_volumes(office, CODE, 5)
    season.publish(office, CODE)

    clerk = enter("institution").sign_in(hospital_clerk)
    institution.confirm_selected(clerk, *map(str, KEPT.values()), rows=4, code=CODE)
    clerk.open(f"/allocation/{CODE}/pending/").sees("测试片乙单元", str(PENDING))
    institution.open_slot(clerk, "测试片乙单元", institution.HIGHEST, code=CODE)
    institution.suggest(clerk, "P5制药", str(PLACED))
    institution.confirm_pending(clerk, "测试片乙单元", code=CODE)
    institution.report(clerk, "", code=CODE)

    city, province = (
        enter("city").sign_in(city_reviewer),
        enter("province").sign_in(province_officer),
    )
    bureaus.approve_one(city, "武昌区人民医院", code=CODE)
    bureaus.submit(city, code=CODE)
    bureaus.approve_one(province, "武汉市", code=CODE)
    bureaus.submit(province, code=CODE)
    bureaus.approve_one(office, "湖北省", code=CODE)
    bureaus.conclude(office, CODE)

    office.open(f"/allocation/{CODE}/agreements/")
    rows = read(office.download("导出"), "协议量明细")
    agreed = {(row["品规编号"], row["中选企业"]): row["协议采购量"] for row in rows}
    assert agreed == {
        ("P1", "P1制药"): 700,
        ("P2", "P2制药"): 352,
        ("P3", "P3制药"): 53,
        ("P5", "P5制药"): 45 + PLACED,
    }
