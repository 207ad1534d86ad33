"""One round on the product's own pages, from an empty project to agreed volumes in Excel."""

import pytest

from tests.journeys import alliance, bureaus, institution
from tests.journeys.institution import HIGHEST, LOWEST, OTHER
from tests.journeys.workbooks import read

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REASON = "丙产品数量与科室计划不符"


@pytest.mark.covers(
    "S0-03", "S0-04", "S0-05", "S0-06", "S0-07", "S0-09", "S0-19", "S0-21", "S0-22", "S0-24"
)
@pytest.mark.covers("S0-25", "S0-28", "S0-33")
@pytest.mark.covers(
    "S1-04", "S1-12", "S1-13", "S1-14", "S1-15", "S1-16", "S1-20", "S1-23", "S1-24", "S1-25"
)
@pytest.mark.covers("S1-30", "S1-43", "S1-46", "S1-51", "S1-53")
def test_round(enter, newcomer, second_clerk, city_reviewer, province_officer, alliance_officer):
    office = enter("alliance").sign_in(alliance_officer)
    alliance.create_project(office)
    alliance.import_catalogue(office)
    alliance.choose_participants(office)
    alliance.import_volumes(office)
    alliance.set_windows(office)
    alliance.prepare_and_publish(office)

    clerk = enter("institution").sign_in(newcomer)
    institution.change_first_password(clerk)
    institution.read_supplies(clerk)
    institution.confirm_selected(clerk, "5,761")
    small = {LOWEST: ("B制药", "72"), HIGHEST: ("A制药", "288"), OTHER: ("C制药", "330")}
    institution.allocate(clerk, "测试胶囊C", small)
    for slot, enterprise, expected in ((LOWEST, "B制药", "1008"), (HIGHEST, "A制药", "4500")):
        institution.open_slot(clerk, "测试胶囊U", slot)
        institution.suggest(clerk, enterprise, expected)
    institution.share_with_another(clerk, "测试胶囊U", "3000", "2988")
    institution.confirm_pending(clerk, "测试胶囊U")
    institution.report(clerk, "")

    second = enter("second").sign_in(second_clerk)
    institution.confirm_selected(second, "4,000")
    institution.report(second, "3,200.00")

    city = enter("city").sign_in(city_reviewer)
    bureaus.approve_all(city, "武昌区人民医院", "武汉市第一医院")
    bureaus.return_one(city, "武昌区人民医院", REASON)
    institution.correct(clerk, "测试胶囊U", REASON)
    institution.report(clerk, "")
    bureaus.approve_one(city, "武昌区人民医院")
    bureaus.submit(city, "武昌区中医医院")

    province = enter("province").sign_in(province_officer)
    bureaus.approve_one(province, "武汉市")
    bureaus.submit(province)
    bureaus.approve_one(office, "湖北省")
    bureaus.conclude(office)

    office.open(f"/allocation/{alliance.CODE}/agreements/")
    rows = read(office.download("导出"), "协议量明细")
    agreed = {(row["机构编码"], row["品规编号"]): row["协议采购量"] for row in rows}
    assert agreed == {
        ("H42010600001", "A"): 4_500 + 3_060 + 288,
        ("H42010600001", "B"): 1_008 + 72,
        ("H42010600001", "C"): 5_761 + 2_970 + 330,
        ("H42010000001", "A"): 4_000,
    }
