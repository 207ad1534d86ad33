"""The sheet does what Excel has taught: a range, copying it, filling it, replacing, sorting, filtering, own columns."""

import pytest
from playwright.sync_api import expect

from apps.scope.context import whole_country
from tests.browser import wait_for
from tests.reporting.sheet_page import (
    cell,
    column,
    copied,
    listed,
    opened,
    paste,
    saved,
    shown,
)
from tests.waiting import becomes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
CODES = ("P0001", "P0002", "P0003", "P0004")


def draw(page, start, goal):
    """The mouse pressed on one cell and let go on another."""
    (left, top), (right, bottom) = (middle(each) for each in (start, goal))
    page.mouse.move(left, top)
    page.mouse.down()
    page.mouse.move((left + right) / 2, (top + bottom) / 2)
    page.mouse.move(right, bottom)
    page.mouse.up()


def middle(place):
    box = place.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def draw_corner(page, start, goal):
    box = start.bounding_box()
    page.mouse.move(box["x"] + box["width"] - 3, box["y"] + box["height"] - 3)
    page.mouse.down()
    page.mouse.move(*middle(goal))
    page.mouse.up()


def chosen(page, words):
    expect(page.locator("[data-chosen]")).to_have_text(words)


def fill(page, *texts):
    for code, text in zip(CODES, texts, strict=False):
        cell(page, code).fill(text)
    page.locator("[data-find]").focus()


def planned(round_):
    with whole_country(reason="test"):
        lines = [round_.line(code) for code in CODES]
    return [line.planned if line else None for line in lines]


def wait_for_rows(page, codes):
    """A dialog tells that it was closed a moment later."""
    becomes(lambda: listed(page), list(codes))


def menu(page, name):
    page.get_by_role("button", name=f"{name}：排序、筛选和列").click()
    return page.locator("[data-column-menu]")


def test_a_block_is_drawn_and_copied_as_excel_takes_it(sheet):
    fill(sheet, "2800", "900")
    cell(sheet, "P0002", "words").fill('门诊"减少"')
    sheet.locator("[data-find]").focus()
    saved(sheet)

    draw(sheet, column(sheet, "P0001", "heading"), column(sheet, "P0002", "words"))

    chosen(sheet, "已选 2 行 × 7 列")
    becomes(
        lambda: copied(sheet),
        "P0001\t测试片1\t5mg×28片\t片\t2800\t2800\t0.0%\t暂存\t\r\n"
        'P0002\t测试片2\t5mg×28片\t片\t1000\t900\t-10.0%\t暂存\t"门诊""减少"""',
    )


def test_shift_and_the_arrows_choose_and_escape_lets_go(sheet):
    cell(sheet, "P0001").click()
    sheet.keyboard.press("Shift+ArrowDown")
    chosen(sheet, "已选 2 行 × 1 列")
    sheet.keyboard.press("Shift+ArrowLeft")
    chosen(sheet, "已选 2 行 × 2 列")
    sheet.keyboard.press("Control+Shift+ArrowDown")
    chosen(sheet, "已选 4 行 × 2 列")
    sheet.keyboard.press("Escape")
    chosen(sheet, "")
    sheet.keyboard.press("Control+a")
    chosen(sheet, "已选 4 行 × 7 列")
    sheet.keyboard.press("Escape")
    cell(sheet, "P0003").click(modifiers=["Shift"])
    chosen(sheet, "已选 3 行 × 1 列")


def test_ctrl_d_fills_down_and_one_ctrl_z_takes_it_back(sheet, round_):
    fill(sheet, "10")
    cell(sheet, "P0001").click()
    cell(sheet, "P0003").click(modifiers=["Shift"])
    sheet.keyboard.press("Control+d")
    becomes(lambda: shown(sheet, *CODES), ["10", "10", "10", ""])
    cell(sheet, "P0004").click()
    sheet.keyboard.press("Control+d")
    saved(sheet)
    becomes(lambda: planned(round_), [10, 10, 10, 10])

    sheet.keyboard.press("Control+z")
    sheet.keyboard.press("Control+z")
    becomes(lambda: shown(sheet, *CODES), ["10", "", "", ""])
    sheet.keyboard.press("Control+y")
    becomes(lambda: shown(sheet, *CODES), ["10", "10", "10", ""])


def test_the_corner_repeats_a_block(sheet):
    fill(sheet, "10", "20")
    cell(sheet, "P0001").click()
    cell(sheet, "P0002").click(modifiers=["Shift"])

    draw_corner(sheet, column(sheet, "P0002", "planned"), column(sheet, "P0004", "planned"))

    expect(cell(sheet, "P0004")).to_have_value("20")
    becomes(lambda: shown(sheet, *CODES), ["10", "20", "10", "20"])
    chosen(sheet, "已选 4 行 × 1 列")


def test_delete_and_one_pasted_value_go_into_every_chosen_cell(sheet, round_):
    fill(sheet, "10", "20", "30")
    cell(sheet, "P0001").click()
    cell(sheet, "P0002").click(modifiers=["Shift"])
    sheet.keyboard.press("Delete")
    becomes(lambda: shown(sheet, *CODES), ["", "", "30", ""])
    paste(sheet, "7盒")
    saved(sheet)

    becomes(lambda: planned(round_), [196, 196, 30, None])


def test_ctrl_enter_puts_what_was_typed_everywhere(sheet):
    fill(sheet, "5")
    cell(sheet, "P0001").click()
    sheet.keyboard.press("Control+Shift+ArrowDown")
    sheet.keyboard.press("Control+Enter")

    becomes(lambda: shown(sheet, *CODES), ["5", "5", "5", "5"])


def test_replacing_counts_first_and_can_be_taken_back(sheet):
    fill(sheet, "10", "100", "10")
    sheet.keyboard.press("Control+h")
    asked = sheet.locator("#replace")
    asked.get_by_label("查找（空着就是空白格）").fill("１0")
    expect(asked.locator("[data-replace-count]")).to_have_text("2")
    asked.get_by_label("替换为").fill("28")
    asked.get_by_role("button", name="全部替换").click()
    becomes(lambda: shown(sheet, *CODES), ["28", "100", "28", ""])

    sheet.get_by_role("button", name="撤销").click()
    becomes(lambda: shown(sheet, *CODES), ["10", "100", "10", ""])


def test_columns_sort_and_filter_the_list(sheet):
    fill(sheet, "10", "3000", "200")
    menu(sheet, "预采购量").get_by_role("button", name="降序").click()
    wait_for_rows(sheet, ["P0002", "P0003", "P0001", "P0004"])
    expect(sheet.locator("th[data-col=planned]")).to_have_attribute("aria-sort", "descending")

    asked = menu(sheet, "预采购量")
    asked.get_by_label("筛选条件").select_option(label="不小于")
    asked.get_by_label("筛选的值").fill("200")
    asked.get_by_label("筛选的值").press("Enter")
    wait_for_rows(sheet, ["P0002", "P0003"])
    asked = menu(sheet, "品种名称 / 规格")
    asked.get_by_label("筛选的值").fill("测试片３")
    asked.get_by_role("button", name="筛选", exact=True).click()
    wait_for_rows(sheet, ["P0003"])
    expect(sheet.locator("[data-filtered]")).to_contain_text("已按 2 列筛选")

    sheet.locator("[data-filtered] button").click()
    menu(sheet, "单位").get_by_role("button", name="目录顺序").click()
    wait_for_rows(sheet, list(CODES))


def test_hidden_and_widened_columns_are_remembered(sheet):
    heading = "document.querySelector('th[data-col=planned]').getBoundingClientRect().width"
    wider = f"() => {heading} > {sheet.evaluate(heading)}"
    menu(sheet, "增幅/降幅").get_by_role("button", name="隐藏这一列").click()
    expect(column(sheet, "P0001", "rate")).to_be_hidden()
    menu(sheet, "预采购量").get_by_role("button", name="宽一些").click()
    wait_for(sheet, wider)

    opened(sheet)
    expect(column(sheet, "P0001", "rate")).to_be_hidden()
    wait_for(sheet, wider)
    menu(sheet, "单位").get_by_label("增幅/降幅").check()
    sheet.keyboard.press("Escape")
    expect(column(sheet, "P0001", "rate")).to_be_visible()


def test_a_block_with_unknown_codes_is_shown_before_it_lands(sheet, round_):
    cell(sheet, "P0001").click()
    paste(sheet, "P0002\t1000\nP9999\t5\nP0003\t十盒\n")

    asked = sheet.locator("[data-paste-preview]")
    expect(asked.locator("tbody tr")).to_have_count(3)
    expect(asked.locator("tbody tr").first).to_contain_text("不在本项目的目录里")
    asked.get_by_role("button", name="取消").click()
    becomes(lambda: shown(sheet, *CODES), ["", "", "", ""])
    cell(sheet, "P0001").click()
    paste(sheet, "P0002\t1000\nP9999\t5\n")
    asked.get_by_role("button", name="粘贴 1 行").click()
    saved(sheet)

    becomes(lambda: planned(round_), [None, 1000, None, None])


def test_the_keys_go_on_where_the_cursor_scrolled_away(sheet):
    cell(sheet, "P0002").click()
    sheet.evaluate("document.activeElement.blur()")
    sheet.locator("[data-window]").focus()
    sheet.keyboard.press("ArrowDown")
    sheet.keyboard.type("12")

    becomes(lambda: shown(sheet, "P0003"), ["12"])
