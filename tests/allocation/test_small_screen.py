"""S1-03: a 1024×768 screen on a line of 1 Mbit/s is enough. Sizes are those that are sent: static files compressed."""

import gzip

import pytest

from tests.allocation.reading import url

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
BITS_A_SECOND = 1_000_000
COLD, WARM = 3.0, 1.0
"""Seconds until everything of a page has arrived: on the first visit, and when the static files are known."""
HEIGHT, WIDTH = 768, 1024
PAGES = ("supply_list", "selected_list", "pending_list", "report_detail", "agreement_list")


@pytest.fixture
def sign_in(page, live_server, client_of):
    def signed_in(person):
        cookie = client_of(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return signed_in


def seconds(responses):
    """How long the line is busy with them: pages as they are, files of the product as its proxy sends them."""
    sizes = (
        len(gzip.compress(each.body())) if "/static/" in each.url else len(each.body())
        for each in responses
    )
    return sum(sizes) * 8 / BITS_A_SECOND


def bottom(place):
    box = place.bounding_box()
    return box["y"] + box["height"]


@pytest.mark.covers("S1-03")
@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_there_in_seconds(reported, page, sign_in, name):
    sign_in(reported.clerk)
    received = []

    def note(response):
        received.append(response)

    page.on("response", note)

    page.goto(url(name, "FL"), wait_until="networkidle")

    assert seconds(received) <= COLD
    assert seconds([each for each in received if "/static/" not in each.url]) <= WARM


@pytest.mark.covers("S1-03")
def test_the_pager_stays_in_sight_below_a_message(worked, fill, page, sign_in):
    fill(worked, confirm=False)
    sign_in(worked.clerk)
    page.goto(url("pending_list", "FL"))

    page.get_by_role("row").filter(has_text="测试胶囊U").get_by_role("button", name="确认").click()
    page.locator("dialog[open]").get_by_role("button", name="确认").click()

    page.get_by_text("已确认“测试胶囊U").wait_for()
    page.wait_for_load_state("load")
    assert bottom(page.locator(".pager")) <= HEIGHT


@pytest.mark.covers("S1-03")
def test_a_reviewer_s_pager_too(reported, page, sign_in, city_reviewer):
    sign_in(city_reviewer)
    page.goto("/review/FL/")

    page.get_by_role("row").filter(has_text="武昌区人民医院").get_by_role("checkbox").check()
    page.get_by_role("button", name="审核通过").click()
    page.locator("main").get_by_role("button", name="审核通过").click()

    page.get_by_text("已审核通过 1 家").wait_for()
    page.wait_for_load_state("load")
    assert bottom(page.locator(".pager")) <= HEIGHT


def test_the_contract_quantity_is_read_without_scrolling(reported, page, sign_in, city_reviewer):
    sign_in(city_reviewer)
    page.goto(f"/review/FL/filings/{reported.filing().pk}/")

    heads = page.locator(".data-table thead th").all_inner_texts()
    box = page.get_by_role("columnheader", name="合同量").bounding_box()

    assert heads[2:4] == ["中选企业", "合同量"]
    assert box["x"] + box["width"] <= WIDTH


@pytest.mark.parametrize("where", ["slot", "detail", "selection"])
def test_the_way_here_is_readable(reported, page, sign_in, city_reviewer, where):
    person = reported.clerk if where == "slot" else city_reviewer
    sign_in(person)
    page.goto(
        {
            "slot": url("slot_edit", "FL", reported.row().pk, "other"),
            "detail": f"/review/FL/filings/{reported.filing().pk}/",
            "selection": f"/review/FL/filings/{reported.filing().pk}/return/",
        }[where]
    )

    crumbs = page.locator(".crumb")
    current = crumbs.last

    assert current.evaluate("each => each.scrollWidth <= each.clientWidth")
    for crumb in crumbs.all():
        named = crumb.locator("a") if crumb.locator("a").count() else crumb
        assert named.get_attribute("title")
        assert crumb.bounding_box()["width"] >= 20
