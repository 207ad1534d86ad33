"""A report without a mouse, the sheet at 200 %, and a file that is judged before it travels."""

import pytest
from playwright.sync_api import expect

from apps.projects.models import Attachment
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests.browser import tab_to
from tests.reporting.sheet_page import cell, opened, saved, shown
from tests.reporting.signing import signing_round
from tests.waiting import becomes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FOCUSED = "document.activeElement.innerText?.trim() ?? ''"
IN_A_CELL = "document.activeElement.dataset.field === 'planned'"


@pytest.mark.covers("S2-23")
def test_a_round_is_reported_with_the_keys_alone(sheet, round_):
    tab_to(sheet, IN_A_CELL)
    for text in ("2800", "1000", "100"):
        sheet.keyboard.type(text)
        sheet.keyboard.press("Enter")
    sheet.keyboard.type("0")
    saved(sheet)
    becomes(lambda: shown(sheet, "P0001", "P0003"), ["2800", "100"])

    tab_to(sheet, f"({FOCUSED}) === '上报'", "Shift+Tab")
    sheet.keyboard.press("Enter")
    confirm = sheet.locator("#report").get_by_role("button", name="确认上报")
    expect(confirm).to_be_enabled()
    tab_to(sheet, f"({FOCUSED}) === '确认上报'")
    sheet.keyboard.press("Enter")
    sheet.get_by_text("已上报，待区县医保审核").wait_for()

    with whole_country(reason="test"):
        assert round_.filing.state == Status.SUBMITTED


def test_the_first_cell_is_three_keys_away(sheet):
    for key in ("Tab", "Tab", "Enter"):
        sheet.keyboard.press(key)

    assert sheet.evaluate(IN_A_CELL)


def test_at_200_per_cent_everything_is_within_reach(sheet):
    sheet.set_viewport_size({"width": 512, "height": 384})
    opened(sheet)

    assert sheet.evaluate("document.documentElement.scrollWidth") <= 512
    cell(sheet, "P0004").fill("12")
    expect(cell(sheet, "P0004")).to_be_in_viewport()
    sheet.get_by_role("button", name="上报", exact=True).click()
    expect(sheet.locator("#report").get_by_role("button", name="取消")).to_be_in_viewport()


@pytest.fixture
def letter_page(tree, hospital_clerk, alliance_officer, page, sign_in):
    round_ = signing_round(tree, hospital_clerk, alliance_officer, Attachment.SUMMARY)
    sign_in(page.context, round_.clerk)
    page.goto("/demand/BL/letter/")
    return page


def test_a_file_is_judged_when_it_is_chosen(letter_page, tmp_path):
    sent = []
    letter_page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    words, large = tmp_path / "承诺函.docx", tmp_path / "承诺函.pdf"
    words.write_bytes(b"PK")
    large.write_bytes(b"%PDF-" + b"0" * 21 * 1024 * 1024)
    told = letter_page.locator("[data-file-refusal]")

    letter_page.set_input_files("input[type=file]", words)
    expect(told).to_contain_text("“承诺函.docx”不是 .pdf")
    letter_page.set_input_files("input[type=file]", large)
    expect(told).to_contain_text("有 21.0 MB，超过 20 MB")
    letter_page.get_by_role("button", name="上传需求量汇总表").click()

    assert sent == []


def test_a_refused_upload_is_shown_without_leaving(letter_page, tmp_path):
    broken = tmp_path / "承诺函.pdf"
    broken.write_bytes(b"no pdf at all")

    letter_page.set_input_files("input[type=file]", broken)
    letter_page.get_by_role("button", name="上传需求量汇总表").click()

    expect(letter_page.locator("main .field-error, main .notice-danger").first).to_be_visible()
    expect(letter_page.locator("input[type=file]").first).to_be_focused()
    assert letter_page.url.endswith("/demand/BL/letter/")
