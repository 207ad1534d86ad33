"""282 rows out of another system's Excel are reported: codes and quantities alone, own headings, a row of sums."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from apps.accounts.models import User
from apps.projects.models import Project
from apps.reporting.models import DemandLine
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.cast import Tree
from tests.journeys.conftest import Enter
from tests.journeys.counting import Hand

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
HOSPITAL, ROWS, MOST_CLICKS = "H42010600001", 282, 15
FALLEN = {"P0007": 600, "P0130": 410}
"""Bought 1,000 of each: these fall by so much that the round wants a word."""
WORDS = "用药结构调整"


@pytest.fixture
def asked(tree: Tree, alliance_officer: User) -> Project:
    """A round of 282 items, each bought last year."""
    project = make.demand_project([tree[HOSPITAL]], items=ROWS)
    make.bought(project, tree[HOSPITAL], dict.fromkeys(make.items_of(project), 1_000))
    return make.published(project, alliance_officer)


def quantity_of(code: str) -> int:
    return FALLEN.get(code, 1_000 + int(code[1:]))


@pytest.fixture
def foreign(asked: Project, tmp_path: Path) -> Path:
    """As a pharmacy's system writes it."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "药品用量"
    sheet.append(["武昌区人民医院 2026 年用量预测"])
    sheet.append(["药品代码", "申报数量"])
    codes = sorted(make.items_of(asked), reverse=True)
    for code in codes:
        sheet.append([code.lower(), quantity_of(code)])
    sheet.append(["合计", sum(map(quantity_of, codes))])
    path = tmp_path / "用量预测.xlsx"
    book.save(path)
    return path


@pytest.mark.covers("S2-17", "S2-18", "S2-23")
def test_the_sheet_of_another_system_is_reported(
    asked: Project, foreign: Path, enter: Enter, tree: Tree, hospital_clerk: User
) -> None:
    clerk = enter("report").sign_in(hospital_clerk)
    hand, page = Hand(clerk), clerk.page

    hand.click(page.locator(".todo a").first, leads=True)
    hand.press("导入")
    hand.clicks += 2  # the system's own window of files: opened, one taken
    page.set_input_files("input[type=file]", foreign)
    hand.press("上传并检查")
    clerk.sees("检查通过", f"第 {ROWS + 3} 行是合计，没有读入")
    hand.press("导入").press("导入")
    clerk.sees(f"新增 {ROWS}")

    page.wait_for_selector("[data-body] .spacer", state="attached")
    hand.press("上报")
    clerk.sees(f"{len(FALLEN)} 个品规需要填写增幅降幅说明")
    hand.click(page.get_by_role("link", name="去处理：需说明"))
    hand.click(page.locator("[data-tick-all]"))
    hand.press("批量说明")
    page.get_by_label("补充说明").fill(WORDS)
    hand.clicks += 1  # into the field
    hand.click(page.locator("dialog[open]").get_by_role("button", name="填写"))
    hand.press("上报").press("确认上报")
    clerk.sees("已上报，待市医保审核")

    hand.rest(most=MOST_CLICKS)
    filing = make.filing_of(asked, tree[HOSPITAL])
    with whole_country(reason="test"):
        lines = DemandLine.objects.filter(filing=filing).select_related("item")
        kept = {line.item.item_code: (line.planned, line.explanation) for line in lines}
    assert filing.state == Status.SUBMITTED
    assert kept == {
        code: (quantity_of(code), WORDS if code in FALLEN else "") for code in make.items_of(asked)
    }
