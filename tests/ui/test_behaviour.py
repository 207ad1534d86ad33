"""The scripts of static/js in a real browser, on the gallery's pages."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import wait_for, wait_until_kept

pytestmark = [pytest.mark.browser, pytest.mark.urls("tests.ui.urls")]


@pytest.fixture(autouse=True)
def debug(settings):
    settings.DEBUG = True


def test_bulk_actions_wait_for_a_selection_and_state_its_size(page):
    page.goto("/gallery/list/")
    opener = page.locator("[data-dialog-open=approve]")
    expect(opener).to_have_attribute("aria-disabled", "true")

    rows = page.locator("[data-select-row]")
    rows.nth(2).click()
    rows.nth(6).click(modifiers=["Shift"])
    opener.click()

    # Row 5 is settled and cannot be ticked (S0-20).
    expect(page.locator("#approve [data-selected-count]")).to_have_text("4")
    page.keyboard.press("Escape")

    size = page.locator("select[name=per_page]")
    size.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert "per_page" not in page.url, "the keys walk through the list, Enter sends it"
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "per_page" in page.url


def test_everything_that_matches_can_be_selected_and_sent(page):
    page.goto("/gallery/list/")

    page.locator("[data-select-all]").check()
    page.keyboard.press("Alt+Enter")
    expect(page.locator("#approve [data-selected-count]")).to_have_text("187")
    with page.expect_request(lambda request: request.method == "POST") as sent:
        page.locator("#approve [data-dialog-confirm]").click()

    assert "select_all=1" in sent.value.post_data
    assert "action=approve" in sent.value.post_data
    page.locator(".notice-success").wait_for()


def test_fields_of_a_closed_dialog_do_not_travel(page):
    page.goto("/gallery/list/")

    field = page.locator("#return input[name=area]")
    expect(field).to_be_disabled()
    page.locator("[data-select-row]").nth(0).click()
    page.locator("[data-dialog-open=return]").click()
    expect(field).to_be_enabled()
    page.keyboard.press("Escape")
    expect(field).to_be_disabled()


def test_one_dialog_serves_many_rows(page):
    page.goto("/gallery/list/")

    page.locator("[data-fill-action]").nth(3).click()

    expect(page.locator("#reset p")).to_contain_text("水果湖街社区卫生服务中心")
    expect(page.locator("#reset form")).to_have_attribute("action", re.compile(r"\?row=3$"))


def test_dialogs_open_without_javascript(chromium, live_server):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/gallery/list/")

    page.locator("[data-select-row]").nth(0).check()
    page.locator("[data-dialog-open=approve]").click()

    expect(page.locator("#approve [data-dialog-confirm]")).to_be_visible()
    expect(page.locator("[data-select-row]").nth(0)).to_be_checked()
    context.close()


def left_unsaved(page, text):
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/gallery/")
    page.fill("#id_name", text)
    wait_until_kept(page, text)
    page.goto("/gallery/entry/")
    page.goto("/gallery/")
    return page.locator(".draft-bar")


def test_typed_text_is_offered_beside_what_is_saved(page):
    bar = left_unsaved(page, "李四")

    expect(page.locator("#id_name")).to_have_value("王敏")
    expect(bar).to_contain_text("您填的“李四”，现在是“王敏”")
    bar.get_by_role("button", name="恢复").click()
    expect(page.locator("#id_name")).to_have_value("李四")
    expect(bar).to_have_count(0)


def test_what_is_dropped_is_not_offered_again(page):
    bar = left_unsaved(page, "李四")
    bar.get_by_role("button", name="放弃").click()
    expect(bar).to_have_count(0)

    page.goto("/gallery/")

    expect(page.locator("#id_name")).to_have_value("王敏")
    expect(page.locator(".draft-bar")).to_have_count(0)


def test_leaving_with_unsaved_text_asks_first(page):
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/gallery/")
    page.fill("#id_name", "李四")

    page.goto("/gallery/entry/")

    assert asked == ["beforeunload"]


def test_a_form_is_sent_once(page):
    sent = []
    page.on("request", lambda request: request.method == "POST" and sent.append(request.url))
    page.goto("/gallery/")

    with page.expect_navigation(wait_until="networkidle"):
        page.evaluate(
            """() => { const form = document.querySelector('form.form-narrow');
                       form.noValidate = true;
                       form.requestSubmit(); form.requestSubmit(); }"""
        )

    assert len(sent) == 1


def test_the_rail_folds_and_stays_folded(page):
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto("/gallery/")
    wide = "document.querySelector('.rail').getBoundingClientRect().width"
    wait_for(page, f"() => {wide} > 200")

    page.locator("[data-rail-fold]").click()
    wait_for(page, f"() => {wide} < 60")
    page.reload()
    wait_for(page, f"() => {wide} < 60")


def test_countdown_follows_the_servers_clock(page):
    page.clock.install()
    page.goto("/gallery/")
    clock = page.locator(".countdown.tone-danger").first
    before = clock.inner_text()

    page.clock.run_for(61_000)

    expect(clock).not_to_have_text(before)
    expect(page.locator(".countdown.tone-closed").first).to_have_text("已截止")
