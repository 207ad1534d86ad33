"""A round of ranks (R6) on the product's own pages: from two institutions' reports to agreements in Excel."""

from collections import Counter

import pytest

from apps.allocation.models import Slot, SlotLine
from apps.projects.models import ExplanationScope, ProductType
from apps.scope.context import whole_country
from apps.volumes.models import WinnerShare
from tests import factories_demand as make
from tests.journeys import bureaus, institution, reporting, season
from tests.journeys.workbooks import read

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DEMAND, CODE = "BL-2026", "FL-2026"
UNITS = ("H42010600001", "H42010000001")
ONE = {"P0001": "1000", "P0002": "333", "P0003": "50", "P0004": "77"}
OTHER = {"P0001": "500", "P0002": "0", "P0003": "45", "P0004": "10"}
RESULTS = [
    season.won("P0002", "乙制药", 2, 名次=1, 降幅="70"),
    season.won("P0001", "甲制药", 1, 名次=2, 降幅="65"),
    season.won("P0003", "丙制药", 3, 名次=3, 降幅="60"),
]
TERMS = {
    code: {"包装中选价": "14.00", "最小包装数量": 28, "日均使用量": "1", "最大产能": 1_000_000}
    for code in ("P0001", "P0002", "P0003")
}
SHARES = {"乙制药": 724, "甲制药": 289, "丙制药": 195}
"""60 % of 1,500 / 333 / 95 / 87 are 900 / 199 / 57 / 52; of these 1,208 724.8, 289.92 and the rest."""


@pytest.fixture
def demand(tree, alliance_officer):
    """Consumables, four items of one competition unit, the ranks' rule."""
    project = make.demand_project(
        [tree[code] for code in UNITS],
        code=DEMAND,
        product_type=ProductType.CONSUMABLE,
        explanation_scope=ExplanationScope.NONE,
    )
    return make.published(project, alliance_officer)


def shares_by_unit() -> list[int]:
    """Of how many winning products each institution confirms a part."""
    with whole_country(reason="test"):
        lines = SlotLine.objects.filter(filing__project__code=CODE, slot=Slot.SELECTED)
        return [lines.filter(filing__organization__code=unit).count() for unit in UNITS]


def test_a_round_of_ranks(
    enter, demand, hospital_clerk, second_clerk, city_reviewer, province_officer, alliance_officer
):
    clerks = enter("first").sign_in(hospital_clerk), enter("second").sign_in(second_clerk)
    for clerk, quantities in zip(clerks, (ONE, OTHER), strict=True):
        reporting.fill(clerk, DEMAND, quantities)
        reporting.report(clerk, DEMAND)
    city, province = (
        enter("city").sign_in(city_reviewer),
        enter("province").sign_in(province_officer),
    )
    office = enter("alliance").sign_in(alliance_officer)
    bureaus.approve_all(city, "武昌区人民医院", "武汉市第一医院", code=DEMAND)
    bureaus.submit(city, code=DEMAND, confirmation=f"{reporting.SURE}省医保局")
    bureaus.approve_one(province, "武汉市", code=DEMAND)
    bureaus.submit(province, code=DEMAND, confirmation=f"{reporting.SURE}联采办")
    bureaus.approve_one(office, "湖北省", code=DEMAND)

    season.publish_base(office, DEMAND)
    season.import_results(office, DEMAND, RESULTS)
    season.publish_agreed(office, DEMAND)
    bureaus.conclude(office, DEMAND)
    season.generate(office, demand.name, CODE)
    season.complete_terms(office, CODE, TERMS)
    season.generate_volumes(office, CODE, 7)
    season.publish(office, CODE)

    for clerk, rows in zip(clerks, shares_by_unit(), strict=True):
        clerk.open(f"/allocation/{CODE}/selected/").sees(*SHARES)
        institution.confirm_selected(clerk, rows=rows, code=CODE)
        institution.report(clerk, "", code=CODE)
    bureaus.approve_all(city, "武昌区人民医院", "武汉市第一医院", code=CODE)
    bureaus.submit(city, code=CODE)
    bureaus.approve_one(province, "武汉市", code=CODE)
    bureaus.submit(province, code=CODE)
    bureaus.approve_one(office, "湖北省", code=CODE)
    bureaus.conclude(office, CODE)

    agreed = Counter()
    office.open(f"/allocation/{CODE}/agreements/")
    for row in read(office.download("导出"), "协议量明细"):
        agreed[row["中选企业"]] += row["协议采购量"]
    with whole_country(reason="test"):
        published = dict(WinnerShare.objects.values_list("enterprise__name", "quantity"))
    assert agreed == published == SHARES
