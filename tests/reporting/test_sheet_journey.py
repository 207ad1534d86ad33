"""采购需求维护 in a real browser: keys, paste, live rates, autosave; and nothing typed is ever lost."""

import os
import signal
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import expect

from apps.accounts.models import Session
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests.browser import SCREEN
from tests.reporting.sheet_page import cell, listed, opened, paste, row, saved
from tests.waiting import becomes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FLUSHED = 6_000  # ms after which Chromium has written its local storage to disk


def line_of(round_, code):
    with whole_country(reason="test"):
        return round_.line(code)


def stored(round_, code, *fields):
    """What the database has of a line, nothing while there is none."""
    line = line_of(round_, code)
    return line and [getattr(line, field) for field in fields]


def values(page, *codes):
    return [cell(page, code).input_value() for code in codes]


@pytest.mark.covers("S2-17", "S2-33")
def test_keys_move_and_rates_are_live(sheet, round_):
    cell(sheet, "P0001").click()
    sheet.keyboard.type("１００盒")
    expect(row(sheet, "P0001").locator("[data-cell=rate]")).to_have_text("0.0%")
    expect(row(sheet, "P0001").locator("[data-cell=packs]")).to_have_text("= 100 盒")
    sheet.keyboard.press("Enter")
    sheet.keyboard.type("500")
    expect(row(sheet, "P0002").locator("[data-cell=rate]")).to_have_text("-50.0%")
    expect(sheet.locator("dd [data-count=due]")).to_have_text("1")
    sheet.keyboard.press("Tab")
    sheet.keyboard.type("业务量下降")
    sheet.keyboard.press("Escape")
    expect(cell(sheet, "P0002", "words")).to_have_value("")
    sheet.keyboard.type("业务量下降")
    sheet.keyboard.press("Enter")
    saved(sheet)

    becomes(lambda: stored(round_, "P0001", "planned"), [2_800])
    becomes(lambda: stored(round_, "P0002", "reason"), ["decline"])
    expect(cell(sheet, "P0003", "words")).to_be_focused()


def test_a_column_from_excel_lands_in_the_right_rows_and_can_be_taken_back(sheet, round_):
    cell(sheet, "P0002").click()
    paste(sheet, "1000\t\r\n10\t由其他品规替代\r\n0\t\r\n5\t\r\n")
    asked = sheet.locator("[data-paste-preview]")
    expect(asked).to_contain_text("表格末尾之外的 1 行不粘贴")
    expect(cell(sheet, "P0002")).to_have_value("")
    asked.get_by_role("button", name="粘贴 3 行").click()
    saved(sheet)

    becomes(lambda: values(sheet, "P0001", "P0002", "P0003", "P0004"), ["", "1,000", "10", "0"])
    becomes(lambda: stored(round_, "P0003", "reason"), ["replaced"])
    sheet.get_by_role("button", name="撤销").click()
    becomes(lambda: stored(round_, "P0003", "planned"), [None])


def test_rows_pasted_with_their_codes_find_their_place(sheet, round_):
    cell(sheet, "P0001").click()
    paste(sheet, "P0004\t0\nP0003\t100\n")
    saved(sheet)

    becomes(lambda: stored(round_, "P0003", "planned"), [100])
    becomes(lambda: stored(round_, "P0004", "planned"), [0])
    assert line_of(round_, "P0001") is None


def test_a_click_into_the_cell_with_the_cursor_replaces_the_number(sheet, round_):
    cell(sheet, "P0001").fill("1009")
    cell(sheet, "P0001").press("Enter")
    cell(sheet, "P0001").click()
    cell(sheet, "P0001").click()
    sheet.keyboard.type("44")

    expect(cell(sheet, "P0001")).to_have_value("44")


def test_ctrl_z_takes_back_a_cell_a_paste_and_an_act_on_many_rows(sheet, round_):
    cell(sheet, "P0001").click()
    sheet.keyboard.type("777")
    sheet.keyboard.press("Enter")
    cell(sheet, "P0002").click()
    paste(sheet, "10\n20\n")
    becomes(lambda: values(sheet, "P0001", "P0002", "P0003"), ["777", "10", "20"])
    sheet.locator("[data-tick-all]").check()
    sheet.get_by_role("button", name="按上年量×% 填入").click()
    sheet.locator("#percent").fill("100")
    sheet.get_by_role("button", name="填入", exact=True).click()
    expect(cell(sheet, "P0001")).to_have_value("2,800")

    sheet.keyboard.press("Control+z")
    expect(cell(sheet, "P0001")).to_have_value("777")
    sheet.keyboard.press("Control+z")
    expect(cell(sheet, "P0003")).to_have_value("")
    sheet.keyboard.press("Control+z")
    expect(cell(sheet, "P0001")).to_have_value("")
    sheet.keyboard.press("Control+y")
    expect(cell(sheet, "P0001")).to_have_value("777")
    cell(sheet, "P0002").click()
    saved(sheet)
    becomes(lambda: stored(round_, "P0001", "planned"), [777])


def test_tab_goes_down_the_work(sheet, round_):
    cell(sheet, "P0001").click()
    sheet.keyboard.type("2800")
    sheet.keyboard.press("Tab")
    expect(cell(sheet, "P0002")).to_be_focused()
    sheet.keyboard.type("100")
    sheet.keyboard.press("Tab")
    expect(cell(sheet, "P0002", "words")).to_be_focused()
    sheet.keyboard.press("Shift+Tab")
    expect(cell(sheet, "P0002")).to_be_focused()


def test_two_columns_of_numbers_are_asked_about(sheet, round_):
    cell(sheet, "P0001").click()
    paste(sheet, "2356\t2400\n10\t20\n")

    asked = sheet.locator("[data-paste-preview]")
    expect(asked).to_contain_text("要填的采购量是")
    expect(cell(sheet, "P0001")).to_have_value("")
    asked.get_by_label("要填的采购量是").select_option(label="第 2 列（2400…）")
    asked.get_by_role("button", name="粘贴 2 行").click()
    saved(sheet)

    becomes(lambda: stored(round_, "P0001", "planned", "explanation"), [2_400, ""])
    becomes(lambda: stored(round_, "P0002", "planned"), [20])


def test_a_cell_with_a_line_break_is_one_cell(sheet, round_):
    cell(sheet, "P0001").click()
    paste(sheet, '120\t"门诊量增加\n需备货"\r\n300\t正常\r\n')
    saved(sheet)

    becomes(lambda: stored(round_, "P0001", "planned", "explanation"), [120, "门诊量增加 需备货"])
    becomes(lambda: stored(round_, "P0002", "planned"), [300])


def test_boxes_are_asked_about(sheet, round_):
    cell(sheet, "P0001").fill("100")
    expect(row(sheet, "P0001").locator("[data-cell=packs]")).to_contain_text("像盒数？")

    # As long as a hand presses; leaving the cell draws the row anew meanwhile.
    row(sheet, "P0001").get_by_role("button", name="×28").click(delay=400)
    saved(sheet)

    becomes(lambda: stored(round_, "P0001", "planned"), [2_800])


def test_what_is_no_number_is_refused_and_stays(sheet, round_):
    cell(sheet, "P0001").fill("abc")
    cell(sheet, "P0002").fill("1000")
    cell(sheet, "P0003").click()
    saved(sheet)

    expect(cell(sheet, "P0001")).to_have_value("abc")
    expect(row(sheet, "P0001")).to_contain_text("“abc”不是整数")
    becomes(lambda: stored(round_, "P0002", "planned"), [1_000])
    assert line_of(round_, "P0001") is None


def test_a_dead_line_is_survived(sheet, round_):
    sheet.context.set_offline(True)
    cell(sheet, "P0001").fill("2700")
    cell(sheet, "P0002").click()
    sheet.get_by_text("网络中断").first.wait_for()

    sheet.context.set_offline(False)
    saved(sheet)

    becomes(lambda: stored(round_, "P0001", "planned"), [2_700])


def test_maintenance_is_survived(sheet, round_, settings, tmp_path):
    """The sheet tells the maintenance's own sentence, keeps what is typed and sends it afterwards."""
    settings.MAINTENANCE_FILE = tmp_path / "maintenance.json"
    call_command("maintenance", "read_only")
    cell(sheet, "P0001").fill("2700")
    cell(sheet, "P0002").click()
    sheet.get_by_text("系统正在维护，暂时只能查看、不能保存。已填的内容保存在本机").first.wait_for()
    assert line_of(round_, "P0001") is None

    call_command("maintenance", "off")
    saved(sheet)

    becomes(lambda: stored(round_, "P0001", "planned"), [2_700])


def test_an_expired_login_is_survived(sheet, round_, sign_in):
    Session.objects.all().delete()
    cell(sheet, "P0001").fill("2700")
    cell(sheet, "P0002").click()
    sheet.get_by_text("在新窗口重新登录").wait_for()

    sign_in(sheet.context, round_.clerk)
    sheet.evaluate("window.dispatchEvent(new Event('focus'))")
    saved(sheet)

    becomes(lambda: stored(round_, "P0001", "planned"), [2_700])


def test_a_conflict_shows_both_values_and_drops_neither(sheet, round_):
    with whole_country(reason="test"):
        save_lines(entries=[Entry(round_.item("P0001"), 111)], **round_.place)
    cell(sheet, "P0001").fill("2700")
    cell(sheet, "P0002").click()

    told = sheet.locator("[data-entry-notice]")
    told.get_by_text("已保存的是 111").wait_for()
    expect(told).to_contain_text("您填的是 2,700")
    cell(sheet, "P0001").click()
    told.get_by_role("button", name="用我填的").click(delay=400)
    saved(sheet)

    becomes(lambda: stored(round_, "P0001", "planned"), [2_700])


@pytest.mark.covers("S2-18", "S2-19", "S2-23")
def test_a_clerk_fills_saves_and_reports(sheet, round_):
    sheet.get_by_role("button", name="保存", exact=True).click()
    sheet.get_by_text("请先勾选要保存的品规").wait_for()
    sheet.locator("[data-tick-all]").check()
    sheet.get_by_role("button", name="按上年量×% 填入").click()
    sheet.locator("#percent").fill("100")
    sheet.get_by_role("button", name="填入", exact=True).click()
    sheet.get_by_role("button", name="保存", exact=True).click()
    sheet.get_by_text("已保存 3 个品规").wait_for()
    expect(row(sheet, "P0001")).to_contain_text("已保存")

    sheet.get_by_role("button", name="上报", exact=True).click()
    asked = sheet.locator("#report")
    expect(asked).to_contain_text("1 个品规没有填写")
    expect(asked.get_by_role("button", name="确认上报")).to_be_disabled()
    asked.get_by_role("link", name="去处理：未填").click()
    expect(cell(sheet, "P0004")).to_be_focused()
    becomes(lambda: listed(sheet), ["P0004"])
    sheet.get_by_role("button", name="其余填 0").click()
    sheet.get_by_role("button", name="填 0", exact=True).click()
    sheet.get_by_role("button", name="上报", exact=True).click()
    sheet.get_by_role("button", name="确认上报").click()
    sheet.get_by_text("已上报，待区县医保审核").wait_for()

    with whole_country(reason="test"):
        assert round_.filing.state == Status.SUBMITTED


def test_everything_typed_is_found_again_after_the_browser_was_killed(
    chromium, live_server, round_, sign_in, tmp_path
):
    profile = str(tmp_path / "profile")
    first = started(chromium, live_server, profile)
    sign_in(first, round_.clerk)
    page = opened(first.pages[0])
    cell(page, "P0001").fill("2700")
    cell(page, "P0002").click()
    saved(page)
    first.set_offline(True)
    cell(page, "P0002").fill("950")
    cell(page, "P0003").fill("说不清")
    page.wait_for_timeout(FLUSHED)
    kill(profile)

    second = started(chromium, live_server, profile)
    sign_in(second, round_.clerk)
    page = opened(second.pages[0])
    page.get_by_text("已找回您上次填写但没有保存的 2 行").wait_for()
    saved(page)

    becomes(lambda: values(page, "P0001", "P0002", "P0003"), ["2,700", "950", "说不清"])
    becomes(lambda: stored(round_, "P0002", "planned"), [950])
    second.close()


def started(chromium, live_server, profile):
    """A browser of its own with a profile on disk, as a clerk has one."""
    kind = chromium.browser_type
    return kind.launch_persistent_context(
        profile,
        executable_path=executable(),
        base_url=live_server.url,
        locale="zh-CN",
        viewport=SCREEN,
        args=["--no-sandbox"] if os.geteuid() == 0 else [],
    )


def executable():
    import shutil  # noqa: PLC0415 - here only

    from tests.browser import NAMES  # noqa: PLC0415 - here only

    return next(filter(None, map(shutil.which, NAMES)))


def kill(profile):
    """Every process of that browser, without a word of warning."""
    for entry in Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if entry.name.isdecimal() and f"--user-data-dir={profile}" in command:
            os.kill(int(entry.name), signal.SIGKILL)
