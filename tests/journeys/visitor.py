"""A person at a browser of the smallest screen. Invariant: every page seen is looked at before going on.

Looking means: no script error, no breach of the content policy, no request to another host, no sideways scroll of
the page, nothing serious for axe. `SCREENS=<folder>` keeps a picture of every look.
"""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from apps.accounts.models import User
from tests.browser import AT_REST, SCREEN, follow, serious, serious_in_dialogs, wait_for
from tests.factories import PASSWORD
from tests.waiting import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

# A refusal answers with a status of its own, and the browser notes each of them as an error.
REFUSED = re.compile(r"the server responded with a status of (401|409|422)")
LOST = re.compile(r"net::ERR_INTERNET_DISCONNECTED")
# What no host serves; the browser shows a PDF by an extension of its own.
OWN = ("data:", "blob:", "about:", "chrome:", "chrome-extension:")
NOT_BUSY = "() => !document.querySelector('dialog[aria-busy=true]')"
NUMBERS = re.compile(r"\d+")


class Visitor:
    """One person's browser, with words for what people do."""

    checked: dict[str, set[str]] = {}
    """The kinds of page that axe has seen, with their dialogs."""

    def __init__(self, chromium: "Browser", home: str, name: str) -> None:
        self.home, self.name, self.looks = home, name, 0
        self.troubles: list[str] = []
        self.expected = REFUSED
        self.context = chromium.new_context(
            base_url=home, locale="zh-CN", viewport=SCREEN, accept_downloads=True
        )
        self.context.set_default_timeout(PATIENCE * 1_000)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.troubles.append(f"script: {error}"))
        self.page.on("console", self._hear)
        self.page.on("request", self._watch)

    def _hear(self, message: Any) -> None:
        if message.type == "error" and not self.expected.search(message.text):
            self.troubles.append(f"console: {message.text}")

    def _watch(self, request: Any) -> None:
        if not request.url.startswith((self.home, *OWN)):
            self.troubles.append(f"another host: {request.url}")

    def look(self) -> "Visitor":
        """Everything that must hold of what is on the screen, once it has come to rest."""
        wait_for(self.page, NOT_BUSY)
        self.page.evaluate(AT_REST)
        self.looks += 1
        if folder := os.environ.get("SCREENS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=Path(folder) / f"{self.name}-{self.looks:02}.png")
        where = self.page.url.removeprefix(self.home)
        width = self.page.evaluate("document.scrollingElement.scrollWidth")
        found = [*self.troubles, *self._violations(where)]
        if width > SCREEN["width"]:
            found.append(f"{width} px wide")
        assert found == [], f"{self.name} at {where}: {found}"
        return self

    def _violations(self, where: str) -> list[str]:
        """What axe finds, once for each kind of page and of dialog."""
        kind = NUMBERS.sub("#", where.partition("?")[0])
        opened = self.page.evaluate("document.querySelector('dialog[open]')?.id ?? ''")
        if kind + opened in self.checked:
            return []
        dialogs = self.checked.setdefault(kind + opened, set())
        found = serious(self.page) + ([] if opened else serious_in_dialogs(self.page, dialogs))
        return [
            f"axe {each['id']}: {node['html'][:200]}"
            for each in found
            for node in each["nodes"][:3]
        ]

    def open(self, path: str) -> "Visitor":
        self.page.goto(path)
        return self.look()

    def sign_in(self, account: User, password: str = PASSWORD) -> "Visitor":
        """Through the login page, wherever it stands now."""
        if "/accounts/login/" not in self.page.url:
            self.open("/accounts/login/")
        self.fill("用户名", account.username).fill("密码", password).press("登录")
        return self.look()

    def field(self, label: str) -> "Locator":
        """The control of that label."""
        named = re.compile(rf"^\s*{re.escape(label)}\s*(\*必填)?\s*$")
        return self.page.get_by_label(named).locator("visible=true").first

    def fill(self, label: str, value: str) -> "Visitor":
        self.field(label).fill(value)
        return self

    def press(
        self, name: str, *, within: "Locator | None" = None, stays: bool = False
    ) -> "Visitor":
        """A button or link with exactly this text: in the open dialog if there is one, else on the page.

        It leads to another page or opens a dialog, or it `stays`: a script does the work.
        """
        dialog = self.page.locator("dialog[open]")
        place = within or (dialog if dialog.count() else self.page.locator("main, .savebar"))
        button = place.get_by_role("button", name=name, exact=True)
        link = place.get_by_role("link", name=name, exact=True)
        button.or_(link).first.wait_for()
        target = (button if button.count() else link).first
        if stays or target.get_attribute("data-dialog-open"):
            target.click()
            return self
        return self.follow(target)

    def follow(self, target: "Locator") -> "Visitor":
        """Click what leads to another page, and wait for it."""
        follow(self.page, target)
        return self

    def go(self, name: str) -> "Visitor":
        """An item of the navigation."""
        item = self.page.locator(".rail").get_by_role("link", name=name, exact=True)
        return self.follow(item).look()

    def row(self, text: str) -> "Locator":
        """The table row that says this."""
        return self.page.get_by_role("row").filter(has_text=text).first

    def sees(self, *texts: str) -> "Visitor":
        for text in texts:
            self.page.locator("main").get_by_text(text).first.wait_for(state="visible")
        return self

    def download(self, name: str) -> bytes:
        """The file that a link or button gives."""
        with self.page.expect_download() as coming:
            self.page.locator("main").get_by_role("link", name=name, exact=True).click()
        return Path(coming.value.path()).read_bytes()

    @contextmanager
    def offline(self) -> Iterator[None]:
        """The line is dead; what the browser says about it is expected."""
        self.context.set_offline(offline=True)
        self.expected = LOST
        yield
        self.context.set_offline(offline=False)
        self.expected = REFUSED

    def leave(self) -> None:
        self.context.close()
