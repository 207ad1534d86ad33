"""A clerk allocates and reports in a real browser, on the smallest screen."""

import re

import pytest
from playwright.sync_api import expect

from apps.allocation.models import Slot, SlotState
from apps.review.models.statuses import Status
from tests import factories_allocation as make
from tests.allocation.reading import url
from tests.browser import wait_until_kept
from tests.waiting import becomes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def sign_in(page, live_server, client_of):
    def signed_in(person):
        cookie = client_of(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return signed_in


def cell(page, number):
    return page.locator("[data-slot-input]").nth(number)


@pytest.mark.covers("S1-03", "S1-33", "S1-35", "S1-37", "S1-39")
def test_the_formulas_are_live(worked, page, sign_in):
    sign_in(worked.clerk)
    page.goto(url("slot_edit", "FL", worked.row().pk, "other"))
    total, gap = page.locator("dd [data-slot-total]"), page.locator("dd [data-slot-gap]")

    cell(page, 2).fill("１００盒")
    expect(total).to_have_text("3,000")
    expect(gap).to_have_text("还差 2,002")
    page.locator("[data-suggest]").nth(0).click()

    expect(cell(page, 0)).to_have_value("2988")
    expect(total).to_have_text("4,992")
    expect(gap).to_contain_text("在允许范围内")
    expect(page.locator("[data-packs]").nth(0)).to_have_text("= 83 盒")
    expect(page.locator("[data-allowed]").nth(0)).to_have_text("允许 2,968 – 3,038")
    expect(page.locator("[data-amount]").nth(0)).to_have_text("2,390.40")


def test_saving_stays_on_the_page(worked, page, sign_in):
    sign_in(worked.clerk)
    page.goto(url("slot_edit", "FL", worked.row().pk, "lowest"))

    cell(page, 0).fill("42盒")
    page.get_by_role("button", name="保存").click()

    page.get_by_text("产能已为本机构占用").wait_for()
    expect(cell(page, 0)).to_have_value("42盒")
    assert worked.row().state(Slot.LOWEST) == SlotState.PLACED
    cell(page, 0).fill("984")
    with page.expect_response(lambda response: response.request.method == "POST") as again:
        page.get_by_role("button", name="保存").click()
    assert again.value.status == 200
    assert make.pool_of(worked.products["B"]).allocated == 984


@pytest.mark.covers("S1-40")
def test_a_refusal_keeps_what_was_typed_and_shows_the_way_on(
    worked, institutions, alliance_officer, page, sign_in
):
    project = make.allocation_project(institutions, code="FL2")
    make.worked_products(project, {"A": 900})
    make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
    make.published(project, alliance_officer)
    row = make.row_of(project, worked.hospital, make.UNSELECTED)
    sign_in(worked.clerk)
    page.goto(url("slot_edit", "FL2", row.pk, "highest"))

    cell(page, 0).fill("125盒")
    page.get_by_role("button", name="保存", exact=True).click()

    page.get_by_text("超出 3,600 粒").wait_for()
    expect(cell(page, 0)).to_have_value("125盒")
    page.get_by_role("button", name="产能不足转其他").first.click()
    page.locator("dialog[open]").get_by_role("button", name="产能不足转其他").click()
    page.wait_for_url(re.compile("/other/"))
    assert make.row_of(project, worked.hospital, make.UNSELECTED).moved_highest == 2_400


def test_a_lost_line_loses_nothing(worked, page, sign_in):
    sign_in(worked.clerk)
    address = url("slot_edit", "FL", worked.row().pk, "lowest")
    page.goto(address)
    cell(page, 0).fill("1008")
    wait_until_kept(page, "1008")

    page.context.set_offline(True)
    page.get_by_role("button", name="保存").click()
    page.get_by_text("网络中断").wait_for()
    page.context.set_offline(False)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(address)

    expect(cell(page, 0)).to_have_value("")
    page.get_by_role("button", name="恢复").click()
    expect(cell(page, 0)).to_have_value("1008")


def test_what_was_cleared_does_not_come_back(worked, page, sign_in):
    sign_in(worked.clerk)
    address = url("slot_edit", "FL", worked.row().pk, "lowest")
    page.goto(address)
    cell(page, 0).fill("1008")
    page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_text("已保存").first.wait_for()
    cell(page, 0).fill("936")
    wait_until_kept(page, "936")
    page.on("dialog", lambda dialog: dialog.accept())

    page.get_by_role("button", name="清空").first.click()
    page.locator("dialog[open]").get_by_role("button", name="清空").click()
    page.get_by_text("已清空合同量").wait_for()

    expect(cell(page, 0)).to_have_value("")
    expect(page.locator(".draft-bar")).to_have_count(0)


@pytest.mark.covers("S1-15", "S1-20", "S1-43", "S1-51")
def test_from_the_first_slot_to_the_report(worked, fill, fill_rest, page, sign_in):
    fill(worked, confirm=False)
    sign_in(worked.clerk)
    page.goto(url("pending_list", "FL"))
    page.get_by_role("button", name="确认", exact=True).first.click()
    page.locator("dialog[open]").get_by_role("button", name="确认", exact=True).click()
    page.get_by_text("已确认“测试胶囊U").wait_for()
    fill_rest(worked)

    page.goto(url("report_detail", "FL"))
    page.get_by_role("button", name="上报").first.click()
    page.locator("dialog[open]").get_by_role("button", name="确认上报").click()

    page.get_by_text("已上报，等待上级审核").wait_for()
    assert worked.filing().status == Status.SUBMITTED


@pytest.mark.covers("S1-03")
@pytest.mark.parametrize(
    "name", ["supply_list", "selected_list", "pending_list", "report_detail", "agreement_list"]
)
def test_no_page_scrolls_sideways(reported, page, sign_in, name):
    sign_in(reported.clerk)
    page.goto(url(name, "FL"))

    assert page.evaluate("document.documentElement.scrollWidth") <= 1024


def paste(page, text):
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            const init = {clipboardData: data, bubbles: true, cancelable: true};
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", init));
        }""",
        text,
    )


def typed(page):
    return [cell(page, number).input_value() for number in range(3)]


def test_a_column_from_excel_is_pasted_and_taken_back(worked, page, sign_in):
    sign_in(worked.clerk)
    page.goto(url("slot_edit", "FL", worked.row().pk, "other"))
    cell(page, 0).focus()

    paste(page, "2,988\r\n\r\n１００盒\r\n")

    becomes(lambda: typed(page), ["2,988", "", "１００盒"])
    expect(page.locator("dd [data-slot-total]")).to_have_text("4,992")
    page.get_by_text("已粘贴 3 行").wait_for()
    page.get_by_role("button", name="撤销").click()
    becomes(lambda: typed(page), ["", "", ""])


def test_rows_pasted_with_their_codes_find_their_product(worked, page, sign_in):
    sign_in(worked.clerk)
    page.goto(url("slot_edit", "FL", worked.row().pk, "other"))
    cell(page, 1).fill("36")

    paste(page, "品规编号\t合同量\r\nc\t100盒\r\nＡ\t2.5\r\nX9\t7\r\n合计\t109.5\r\n")

    asked = page.locator("[data-paste-preview]")
    for words in ("粘贴 2 行", "第一行是列名", "1 行合计不粘贴", "1 行不是整数", "X9"):
        expect(asked).to_contain_text(words)
    becomes(lambda: typed(page), ["", "36", ""])
    asked.get_by_role("button", name="粘贴 2 行").click()

    becomes(lambda: typed(page), ["2.5", "36", "100盒"])
