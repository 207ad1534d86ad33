"""Real browsers for journeys: the system's Chromium and Chromium 109, driven by Playwright; without one its tests skip.

Invariant: a page that asks another host, breaks the content policy or throws in its scripts fails its test.
"""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from bin.browsers import OLD_CHROMIUM
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
# It was built for functions in a cloud, which have no GPU.
WITHOUT_GPU = ("--disable-gpu", "--disable-software-rasterizer")
# The smallest screen of the product; none may need a wider one.
SCREEN = {"width": 1024, "height": 768}
KEPT = "(text) => Object.values(localStorage).some((value) => value.includes(text))"
ARROW = re.compile(r"\(\w*\) =>")
# A button that is just fading in has no contrast yet.
AT_REST = """() => Promise.allSettled(document.getAnimations()
    .filter((each) => each.effect.getComputedTiming().endTime < 5000)
    .map((each) => each.finished))"""
# Each dialog of the page that isn't known yet, as it is when somebody opens it; axe has been brought by `serious`.
IN_DIALOGS = """async (known) => {
  const found = [];
  for (const dialog of document.querySelectorAll("dialog[data-dialog]:not([open])")) {
    if (known.includes(dialog.id)) continue;
    const shut = dialog.querySelectorAll("[data-dialog-fields], [data-dialog-confirm]");
    for (const each of shut) each.disabled = false;
    dialog.showModal();
    await Promise.allSettled(dialog.getAnimations({ subtree: true }).map((each) => each.finished));
    const { violations } = await axe.run(dialog, { resultTypes: ["violations"] });
    dialog.close();
    found.push([dialog.id, violations.filter(({ impact }) => ["serious", "critical"].includes(impact))]);
  }
  return found;
}"""
MOST_TABS = 60
"""Presses of Tab from one end of a page to what is looked for."""
# Chromium shows a PDF by pages of its own.
VIEWER = "chrome-extension://"


def wait_until_kept(page: "Page", text: str) -> None:
    """Until the browser has a copy of what was typed; pages make it half a second after the last key."""
    wait_for(page, KEPT, text)


def wait_for(page: "Page", function: str, argument: Any = None) -> None:
    """Until a JavaScript function, as text, says true on the page.

    An expression alone would be evaluated anew at each try, which the content policy refuses from the second on.
    """
    assert ARROW.match(function), f"an expression, not a function: {function}"
    page.wait_for_function(function, arg=argument, timeout=PATIENCE * 1_000)


def follow(page: "Page", target: "Locator") -> None:
    """Click what leads to another page, and wait for that page."""
    with page.expect_navigation():
        target.click()


def tab_to(page: "Page", found: str, key: str = "Tab") -> None:
    """By that key alone to what an expression on `document.activeElement` is true of."""
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        if page.evaluate(found):
            return
    raise AssertionError(f"not reached by {key}: {found}")


def serious(page: "Page") -> list[Any]:
    """What axe finds wrong with the page at rest, of what keeps people out."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - slow, and only for these tests

    page.evaluate(AT_REST)
    found = Axe().run(page).response["violations"]
    return [each for each in found if each["impact"] in {"serious", "critical"}]


def serious_in_dialogs(page: "Page", known: set[str]) -> list[Any]:
    """The same of every dialog of the page but the known ones, which all of them are from now on. After `serious`."""
    found = page.evaluate(IN_DIALOGS, sorted(known))
    known.update(name for name, _ in found)
    return [each for _, violations in found for each in violations]


def fits(page: "Page") -> bool:
    """S1-03: nothing of the page is wider than its screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.fixture(scope="session")
def playwright() -> Iterator["Playwright"]:
    """The driver of all browsers of a worker: there can be one in a thread."""
    from playwright.sync_api import expect, sync_playwright  # noqa: PLC0415 - slow, and only for these tests

    expect.set_options(timeout=PATIENCE * 1_000)
    # Playwright keeps an event loop running in this thread, and Django then refuses its own queries.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(request: pytest.FixtureRequest) -> Iterator["Browser"]:
    """One browser for the worker's session; each test opens its own context."""
    executable = next(filter(None, map(shutil.which, NAMES)), None)
    if executable is None:
        pytest.skip(
            "no Chromium: as root bin/test installs it, otherwise install Debian's chromium"
        )
    with _launched(request, executable) as browser:
        yield browser


@pytest.fixture(scope="module")
def old_chromium(request: pytest.FixtureRequest) -> Iterator["Browser"]:
    """Chromium 109: the last one for Windows 7, which hospitals still run."""
    if not OLD_CHROMIUM.is_file():
        pytest.skip("no Chromium 109: as root and with npm bin/test gets it")
    with _launched(request, str(OLD_CHROMIUM), *WITHOUT_GPU) as browser:
        yield browser


@contextmanager
def _launched(
    request: pytest.FixtureRequest, executable: str, *arguments: str
) -> Iterator["Browser"]:
    driver: Playwright = request.getfixturevalue("playwright")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    browser = driver.chromium.launch(executable_path=executable, args=[*as_root, *arguments])
    yield browser
    browser.close()


@pytest.fixture
def page(chromium: "Browser", live_server: Any) -> Iterator["Page"]:
    """A page at the product's address: `page.goto("/")` opens the portal."""
    context = chromium.new_context(base_url=live_server.url, locale="zh-CN", viewport=SCREEN)
    context.set_default_timeout(PATIENCE * 1_000)
    page = context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: _note_error(error, troubles))
    page.on("console", lambda message: _note_refusal(message, troubles))
    page.on("request", lambda request: _note_stranger(request, live_server.url, troubles))
    yield page
    context.close()
    assert troubles == []


def _note_error(error: Any, troubles: list[str]) -> None:
    if VIEWER not in (error.stack or ""):
        troubles.append(f"script: {error}")


def _note_refusal(message: Any, troubles: list[str]) -> None:
    if message.type == "error" and "Content Security Policy" in message.text:
        troubles.append(f"policy: {message.text}")


def _note_stranger(request: Any, home: str, troubles: list[str]) -> None:
    if not request.url.startswith((home, "data:", "blob:", "about:", VIEWER, "chrome://resources")):
        troubles.append(f"another host: {request.url}")
