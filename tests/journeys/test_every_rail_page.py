"""Every page of every rail, as the demo shows it on a clerk's screen: nothing that axe finds, on the page or in its
dialogs; lists with the rows that a day's work needs; no number cut; a ring around what has the focus; nothing empty
that doesn't say so.
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import axe_playwright_python
import pytest
from django.test import Client
from django.urls import resolve

from apps.accounts.models import User
from apps.scope.context import whole_country
from tests.browser import AT_REST, SCREEN
from tests.net.crawling import links_of
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

pytestmark = pytest.mark.browser
ACCOUNTS = (
    "alliance",
    "province42",
    "city4201",
    "county420106",
    "sub4201",
    "hospital1",
    "hospital2",
    "maker1",
    "distributor1",
)
"""One for each role, and who sees less or other work than the rest of its role."""
RAIL = re.compile(r'<nav id="rail".*?</nav>', re.DOTALL)
BESIDE = 4
"""Pages that load while the ones before are judged."""
OFTEN, HOME = 2, "portal:home"
"""For so many accounts a page of one kind is judged; what everybody begins with, for each."""
SEEN_BY: dict[str, set[str]] = defaultdict(set)
"""Accounts that were shown it, by the name of the view; of one process, in which all of these run."""
ROWS, SHEET = 14, 12
AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()
FOUND = Path(__file__).with_name("judging.js").read_text()


def rail_of(client: Client) -> list[str]:
    """The pages of the rail in each of the account's subsystems, once each."""
    home = client.get("/", follow=True)
    pages: dict[str, None] = {}
    for begin in links_in_rail("/", home.content.decode()):
        answer = client.get(begin, follow=True)
        pages |= dict.fromkeys(links_in_rail(begin, answer.content.decode()))
    return list(pages)


def not_seen_often(username: str, addresses: list[str]) -> list[str]:
    """Without pages that two others were shown already."""
    kinds = {address: resolve(address.partition("?")[0]).view_name for address in addresses}
    return [
        address
        for address, kind in kinds.items()
        if kind == HOME or len(SEEN_BY[kind] - {username}) < OFTEN
    ]


def links_in_rail(here: str, page: str) -> list[str]:
    found = RAIL.search(page)
    return links_of(here, found[0]) if found else []


def judged(context: "BrowserContext", addresses: list[str]) -> dict[str, list[str]]:
    """What is wrong with each page; the next ones load meanwhile."""
    tabs = [context.new_page() for _ in range(BESIDE)]
    wrong = {}
    for first in range(0, len(addresses), BESIDE):
        shown = list(zip(tabs, addresses[first : first + BESIDE], strict=False))
        for tab, address in shown:
            tab.goto(address, wait_until="commit")
        for tab, address in shown:
            tab.wait_for_load_state("load")
            tab.evaluate(AT_REST)
            tab.evaluate(AXE)
            if found := tab.evaluate(FOUND, [ROWS, SHEET]):
                wrong[address] = found
    return wrong


def entered(chromium: "Browser", home: str, session: str) -> "BrowserContext":
    context = chromium.new_context(base_url=home, locale="zh-CN", viewport=SCREEN)
    context.set_default_timeout(PATIENCE * 1_000)
    context.add_cookies([{"name": "sessionid", "value": session, "url": home}])
    return context


@pytest.mark.usefixtures("demo", "transactional_db")
@pytest.mark.parametrize("username", ACCOUNTS)
def test_every_page_of_the_rail(
    username: str, chromium: "Browser", live_server: Any, client_of: Any
) -> None:
    with whole_country(reason="test"):
        client = client_of(User.objects.select_related("organization").get(username=username))
    context = entered(chromium, live_server.url, client.cookies["sessionid"].value)

    addresses = not_seen_often(username, rail_of(client))
    wrong = judged(context, addresses)

    context.close()
    for address in addresses:
        SEEN_BY[resolve(address.partition("?")[0]).view_name].add(username)
    assert wrong == {}
