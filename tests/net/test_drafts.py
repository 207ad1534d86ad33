"""What is typed into a form is kept until the server took it, offered and never put back, and then forgotten.

In a real browser over every form that edits or makes something; the list is `edits`.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import TimeoutError, expect  # noqa: A004

from apps.accounts.models import Session
from tests.browser import SCREEN, wait_for, wait_until_kept
from tests.cast import Tree
from tests.factories import PASSWORD
from tests.net import access_table as table
from tests.net.access_world import World, build
from tests.net.conftest import people_of, signed_in
from tests.net.edits import EDITS, MAKES, Change, Edit
from tests.net.test_stale_forms import open_rules, url_of

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.covers("S0-30"),
]

FORMS = EDITS | MAKES
BAR = ".draft-bar"
ANY = "() => Object.keys(localStorage).some((key) => key.startsWith('draft:'))"
KEPT = "() => Object.keys(localStorage).filter((key) => key.startsWith('draft:'))"


@pytest.fixture
def settled(transactional_db: None, tree: Tree, settings: Any) -> World:
    settings.CAPTCHA = "off"
    world = build(tree, people_of(tree), signed_in)
    open_rules(world)
    return world


@pytest.fixture
def pages(chromium: "Browser", live_server: Any, settled: World) -> Iterator[dict[str, "Page"]]:
    """A browser for each person of the forms."""
    contexts, found = [], {}
    for persona in {edit.persona for edit in FORMS.values()}:
        context = chromium.new_context(base_url=live_server.url, locale="zh-CN", viewport=SCREEN)
        session = settled.person(persona).cookies["sessionid"].value
        context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
        found[persona] = context.new_page()
        found[persona].on("dialog", lambda dialog: dialog.accept())
        contexts.append(context)
    yield found
    for context in contexts:
        context.close()


def test_drafts_are_offered_until_they_are_taken_and_never_after(
    settled: World, pages: dict[str, "Page"]
) -> None:
    wrong = []
    for name, edit in FORMS.items():
        page, url = pages[edit.persona], url_of(settled, name)
        wrong += [f"{name}: {each}" for each in lost_or_risen(page, url, edit)]

    assert wrong == [], "\n".join(wrong)


def lost_or_risen(page: "Page", url: str, edit: Edit) -> Iterator[str]:
    """What is wrong with the drafts of one form."""
    page.goto(url)
    before = values(page, edit.colleague)
    fill(page, edit.colleague)
    typed = values(page, edit.colleague)
    try:
        wait_for(page, ANY)
    except TimeoutError as error:
        yield f"nothing kept: {error}"
        return
    page.goto("about:blank")
    page.goto(url)
    if values(page, edit.colleague) != before:
        yield "the draft stands in the form without being asked for"
    if page.locator(BAR).count() != 1:
        yield f"{page.locator(BAR).count()} bars offer it"
        return
    page.locator(BAR).get_by_role("button", name="恢复").click()
    expect(page.locator(BAR)).to_have_count(0)
    if values(page, edit.colleague) != typed:
        yield f"restored {values(page, edit.colleague)}, typed {typed}"
    submit(page, edit.colleague)
    if page.locator(".field-error, .notice-danger").count():
        yield f"refused: {page.locator('.field-error, .notice-danger').all_inner_texts()}"
    if left := page.evaluate(KEPT):
        yield f"kept after it was saved: {left}"
    page.goto(url)
    if page.locator(BAR).count():
        yield "offered after it was saved"
    page.evaluate("localStorage.clear()")


def controls(page: "Page", name: str) -> "Locator":
    return page.locator(f"main form [name='{name}'], .savebar [name='{name}']")


def fill(page: "Page", change: Change) -> None:
    for name, wanted in change.items():
        found = controls(page, name)
        kind = found.first.evaluate("each => each.type")
        if kind in {"checkbox", "radio"}:
            for value in wanted:
                named = page.locator(f"[name='{name}'][value='{value}']")
                box = {"*": found.first, "$": found.last}.get(value, named)
                box.evaluate(
                    "each => { each.closest('details')?.setAttribute('open', ''); each.click(); }"
                )
        elif kind == "select-one":
            value = found.locator("option", has_text="武昌区").first.get_attribute("value")
            found.select_option(value)
        else:
            found.first.fill(str(wanted))


def values(page: "Page", change: Change) -> list[Any]:
    shown = "all => all.map((each) => (['checkbox', 'radio'].includes(each.type) ? each.checked : each.value))"
    return [controls(page, name).evaluate_all(shown) for name in change]


def submit(page: "Page", change: Change) -> None:
    form = controls(page, next(iter(change))).first
    with page.expect_navigation():
        form.evaluate("each => each.form.requestSubmit()")
    page.wait_for_load_state("load")
    if (proof := page.locator("main input[type=password]")).count():
        proof.fill(PASSWORD)
        with page.expect_navigation():
            proof.press("Enter")
        page.wait_for_load_state("load")


def test_a_page_of_an_expired_session_offers_what_was_typed(
    settled: World, pages: dict[str, "Page"], live_server: Any
) -> None:
    page, person = pages["province"], settled.people["province"]
    page.goto(url_of(settled, "administration:unit_edit"))
    page.fill("#id_phone", "027-88880000")
    wait_until_kept(page, "027-88880000")
    Session.objects.all().delete()

    page.locator("main form .btn-primary").click()
    page.locator("input[type=password]").wait_for()
    fresh = signed_in(person).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": fresh, "url": live_server.url}])
    page.goto(url_of(settled, "administration:unit_edit"))

    expect(page.locator(BAR)).to_contain_text("027-88880000")


def test_what_was_typed_in_a_dialog_is_offered_in_it(
    settled: World, pages: dict[str, "Page"]
) -> None:
    page = pages["maker"]
    page.goto(table_url(settled, "distribution:relation_detail"))
    page.locator("[data-dialog-open=void]").click()
    page.fill("#void textarea", "重复选择")
    wait_until_kept(page, "重复选择")

    page.goto("about:blank")
    page.goto(table_url(settled, "distribution:relation_detail"))
    expect(page.locator(".toasts")).to_contain_text("再次打开它就可以恢复")
    page.locator("[data-dialog-open=void]").click()

    page.locator(f"#void {BAR}").get_by_role("button", name="恢复").click()
    expect(page.locator("#void textarea")).to_have_value("重复选择")


def table_url(world: World, name: str) -> str:
    row = next(each for rows in table.tables().values() for each in rows if each.name == name)
    return table.url_of(world, row)
