"""The signed document in a real browser: uploaded, seen in the page, voided while typing, beside the numbers."""

import pytest
from playwright.sync_api import expect

from apps.projects.models import Attachment
from apps.reporting.domain.sheet.reporting import report
from apps.scope.context import whole_country
from tests.browser import SCREEN, wait_for
from tests.reporting.signing import signing_round, upload
from tests.review.pdf_files import pdf
from tests.waiting import becomes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def round_(tree, hospital_clerk, alliance_officer):
    return signing_round(tree, hospital_clerk, alliance_officer, Attachment.SUMMARY)


@pytest.fixture
def sign_in(live_server, client_of, page):
    def signed_in(person):
        cookie = client_of(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return signed_in


def wide(page) -> int:
    return page.evaluate("document.documentElement.scrollWidth")


def below(side: str) -> str:
    """The letter begins further down, or right, than the numbers, by more than so many pixels."""
    begin = f"(place) => document.querySelector(place).getBoundingClientRect().{side}"
    return f"(more) => ({begin})('.beside-letter') > ({begin})('.beside > section') + more"


@pytest.mark.covers("S2-20", "S2-21", "S3-08")
def test_a_sheet_goes_down_up_and_is_voided_by_typing(round_, page, sign_in, tmp_path):
    sign_in(round_.clerk)
    page.goto("/demand/BL/entry/")
    with page.expect_download() as download:
        page.get_by_role("link", name="模板下载").click()
    template = tmp_path / "汇总表.pdf"
    download.value.save_as(template)

    page.get_by_role("link", name="上传需求量汇总表").click()
    page.set_input_files("input[type=file]", template)
    with page.expect_response(lambda answer: answer.url.endswith("/attachment/file/")) as shown:
        page.get_by_role("button", name="上传需求量汇总表").click()
    assert shown.value.headers["content-type"] == "application/pdf"
    expect(page.get_by_text("校验码一致", exact=True)).to_be_visible()
    assert wide(page) == SCREEN["width"]

    page.goto("/demand/BL/entry/")
    page.wait_for_selector("[data-body] .spacer", state="attached")
    chip = page.locator(".letter-chip")
    expect(chip).to_contain_text("已上传")
    chip.click()
    expect(page.locator("dialog#letter iframe")).to_be_visible()
    page.locator("dialog#letter").get_by_role("button", name="关闭").last.click()
    field = page.locator("tr", has_text="P0001").locator("[data-field=planned]")
    field.fill("2801")
    expect(chip).to_contain_text("已作废，须重新上传")
    field.press("Enter")
    expect(page.locator("[data-saved]")).to_contain_text("已自动保存")
    page.get_by_role("button", name="上报", exact=True).click()
    dialog = page.locator("dialog#report")
    expect(dialog).to_contain_text("已作废，须重新上传")
    dialog.get_by_role("button", name="取消").click()
    page.reload()
    expect(page.get_by_text("需求量汇总表已作废")).to_be_visible()


@pytest.mark.covers("S3-14", "S3-16")
def test_the_reviewer_puts_it_beside_the_numbers_and_names_lines(
    round_, page, sign_in, county_reviewer
):
    with whole_country(reason="test"):
        upload(round_, pdf(2))
        filing = report(**round_.place)
    sign_in(county_reviewer)
    page.goto(f"/review/BL/filings/{filing.pk}/")
    wait_for(page, below("y"), 0)
    page.get_by_text("切换左右并排").click()
    wait_for(page, below("x"), 300)
    assert wide(page) == SCREEN["width"]
    page.set_viewport_size({"width": 1366, "height": 768})
    page.reload()
    wait_for(page, below("x"), 300)

    page.get_by_label("退回时指明 测试片2").check()
    page.get_by_role("button", name="退回修改").click()
    page.locator("dialog[open]").get_by_label("退回原因").fill("请核对测试片2")
    page.locator("dialog[open]").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已退回修改").first).to_be_visible()
    becomes(lambda: round_.line("P0002").to_correct, wanted=True)
    assert not round_.line("P0001").to_correct

    sign_in(round_.clerk)
    page.goto("/demand/BL/entry/")
    page.wait_for_selector("[data-body] .spacer", state="attached")
    expect(page.locator("[data-show=correct][aria-current]")).to_be_visible()
    expect(page.locator("[data-body] tr[data-row]")).to_have_count(1)
