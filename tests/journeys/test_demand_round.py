"""Demand rounds with the policies of both demo projects, from an empty sheet to the province's submission."""

from dataclasses import replace

import pytest

from apps.demo.demand.rounds import rounds
from apps.review.models.statuses import Status
from tests import factories_demand as make
from tests.journeys import bureaus
from tests.journeys.reporting import SURE, fill, report, sign

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSPITAL = "H42010600001"
RETURNED = "测试片2 疑为盒数，请核对"
WANTED = {"P0001": "1200", "P0002": "40", "P0003": "0"}


@pytest.fixture
def published(tree, alliance_officer):
    """`published("DEMO-BL")`: its policies, three items, one hospital that bought 1,000 of the first."""

    def made(code: str):
        (demo,) = (each for each in rounds() if each.code == code)
        policies = dict(replace(demo).policies, baseline_years=[make.YEAR])
        project = make.demand_project([tree[HOSPITAL]], code=code, items=3, **policies)
        make.bought(project, tree[HOSPITAL], {"P0001": 1_000, "P0002": 40})
        return make.published(project, alliance_officer)

    return made


def status_of(project, unit) -> Status:
    return make.filing_of(project, unit).state


@pytest.mark.covers("S2-17", "S2-20", "S2-21", "S2-23", "S3-23", "S3-25")
def test_drugs_go_up_through_county_city_and_province(
    enter, published, tree, tmp_path,
    hospital_clerk, county_reviewer, city_reviewer, province_officer,
):  # fmt: skip
    project = published("DEMO-BL")
    clerk = enter("clerk").sign_in(hospital_clerk)
    fill(clerk, project.code, WANTED)
    sign(clerk, project.code, "承诺函", tmp_path)
    report(clerk, project.code)

    county = enter("county").sign_in(county_reviewer)
    bureaus.return_one(county, "武昌区人民医院", RETURNED, code=project.code)
    clerk.open(f"/demand/{project.code}/entry/").sees(RETURNED)
    fill(clerk, project.code, {"P0002": "44"})
    sign(clerk, project.code, "承诺函", tmp_path)
    report(clerk, project.code)
    bureaus.approve_all(county, "武昌区人民医院", code=project.code)
    bureaus.submit(county, code=project.code, confirmation=f"{SURE}市医保局")

    city = enter("city").sign_in(city_reviewer)
    bureaus.approve_all(city, "武昌区", code=project.code)
    bureaus.submit(city, code=project.code, confirmation=f"{SURE}省医保局")
    province = enter("province").sign_in(province_officer)
    bureaus.approve_all(province, "武汉市", code=project.code)
    bureaus.submit(province, code=project.code, confirmation=f"{SURE}联采办")

    assert status_of(project, tree["42"]) == Status.SUBMITTED
    assert make.line_of(project, tree[HOSPITAL], "P0002").planned == 44


@pytest.mark.covers("S3-08", "S3-14", "S3-18", "S3-23")
def test_consumables_go_up_one_by_one_behind_a_strict_gate(
    enter, published, tree, tmp_path, hospital_clerk, city_reviewer, province_officer
):
    project = published("DEMO-BL-KQ")
    clerk = enter("clerk").sign_in(hospital_clerk)
    fill(clerk, project.code, WANTED)
    sign(clerk, project.code, "需求量汇总表", tmp_path)

    city = enter("city").sign_in(city_reviewer)
    city.open(f"/review/{project.code}/confirm/").sees("武昌区人民医院")
    report(clerk, project.code, "正畸门诊扩建，预计就诊量增加。")
    bureaus.approve_one(city, "武昌区人民医院", "签章完整", "数据一致", code=project.code)
    bureaus.submit(city, code=project.code, confirmation=f"{SURE}省医保局")
    province = enter("province").sign_in(province_officer)
    bureaus.approve_one(province, "武汉市", code=project.code)
    bureaus.submit(province, code=project.code, confirmation=f"{SURE}联采办")

    assert status_of(project, tree["42"]) == Status.SUBMITTED
    assert status_of(project, tree[HOSPITAL]) == Status.APPROVED
