"""上报核对: what 上报 still needs in one list, odd quantities called right one by one, nothing blocked by them."""

import pytest
from django.urls import reverse

from apps.projects.models import ExplanationScope, Withdrawal
from apps.reporting.models import DemandLine
from apps.review.models.statuses import Status
from tests import factories_demand as make
from tests.review.acting import status_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


@pytest.fixture
def project(tree, alliance_officer):
    unit = tree["H42010600001"]
    project = make.demand_project(
        [unit],
        chain=["county", "city", "province"],
        items=3,
        explanation_scope=ExplanationScope.TOTAL,
        institution_withdrawal=Withdrawal.DIRECT,
    )
    make.bought(project, unit, {"P0001": 446, "P0002": 1_000, "P0003": 3_000})
    make.published(project, alliance_officer)
    make.planned(project, unit, {"P0001": 5_740, "P0002": 1_496, "P0003": 3_000})
    return project


@pytest.fixture
def clerk(hospital_clerk, client_of):
    return client_of(hospital_clerk)


URL = "/demand/BL/entry/check/"


def text_of(client) -> str:
    return client.get(URL).content.decode()


def pressed(project, tree, code, verb="right"):
    line = make.line_of(project, tree["H42010600001"], code)
    return {verb: f"{line.item_id}:{line.planned}"}


def test_the_sheet_leads_there(project, clerk):
    page = clerk.get(reverse("reporting:demand_edit", args=["BL"])).content.decode()

    assert f'href="{URL}"' in page


def test_odd_lines_stand_there_the_worst_first_with_their_rows(project, clerk, tree):
    page = text_of(clerk)

    assert page.index("是上年量的 12.9 倍") < page.index("比上年量多 49.6%")
    line = make.line_of(project, tree["H42010600001"], "P0001")
    assert f"/demand/BL/entry/?page=1#row-{line.item_id}" in page
    assert "2 个品规请逐条核对，不影响上报" in page


def test_a_quantity_is_called_right_and_taken_back(project, clerk, tree):
    clerk.post(URL, pressed(project, tree, "P0001"))
    assert make.line_of(project, tree["H42010600001"], "P0001").checked == 5_740
    assert "1 个品规请逐条核对" in text_of(clerk)

    clerk.post(URL, pressed(project, tree, "P0001", "wrong"))

    assert make.line_of(project, tree["H42010600001"], "P0001").checked is None


def test_another_number_is_not_called_right(project, clerk, tree):
    clerk.post(URL, pressed(project, tree, "P0001"))
    DemandLine.objects.filter(item__item_code="P0001").update(planned=4_900)

    assert "2 个品规请逐条核对" in text_of(clerk)


def test_a_stale_page_says_so(project, clerk, tree):
    stale = pressed(project, tree, "P0001")
    DemandLine.objects.filter(item__item_code="P0001").update(planned=4_900)

    answer = clerk.post(URL, stale, follow=True)

    assert "这个品规的数量已经改变" in answer.content.decode()
    assert make.line_of(project, tree["H42010600001"], "P0001").checked is None


@pytest.mark.parametrize("sent", ["", "x:y", ":", "99999999:1"])
def test_nonsense_is_a_sentence(project, clerk, sent):
    assert clerk.post(URL, {"right": sent}, follow=True).status_code == 200


def test_oddities_block_nothing(project, clerk, tree):
    filing = make.filing_of(project, tree["H42010600001"])

    clerk.post(
        reverse("reporting:demand_edit", args=["BL"]),
        {"act": "report", "version": filing.version, "total_reason": "新开病区"},
    )

    assert status_of(filing) == Status.SUBMITTED
    assert "确认上报" not in text_of(clerk)


def test_what_is_missing_is_listed_with_its_place(project, clerk):
    DemandLine.objects.filter(item__item_code="P0003").update(planned=None)

    page = text_of(clerk)

    assert "1 个品规没有填写" in page
    assert "/demand/BL/entry/?show=blank" in page
    assert "先处理上面标红的项目" in page


def test_a_clean_sheet_is_all_green(project, clerk):
    for code, planned in {"P0001": 446, "P0002": 1_000}.items():
        DemandLine.objects.filter(item__item_code=code).update(planned=planned)

    page = text_of(clerk)

    assert "数量异常的品规" not in page
    assert "notice-danger" not in page
