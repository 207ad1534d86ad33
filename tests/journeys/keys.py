"""A person without a mouse, from the login on. Invariant: each place that Tab stops at is seen and ringed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from apps.accounts.models import User
from tests.browser import wait_for
from tests.factories import PASSWORD
from tests.journeys.visitor import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST_STOPS = 60
"""Presses of Tab from the top of a page, or from where one stands, to what is looked for."""
# What the focus is on as people call it; `lost` is where a browser puts it when its place has gone.
HERE = """async () => {
  const here = document.activeElement;
  await Promise.allSettled((here?.getAnimations() ?? []).map((each) => each.finished));
  if (!here || here === document.body || here === document.documentElement) return { lost: true };
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(here);
  const { top, bottom, left, right } = here.getBoundingClientRect();
  const label = here.getAttribute("aria-label") ?? here.labels?.[0]?.innerText ?? "";
  return {
    lost: false,
    said: (label || here.innerText || "").replace(/\\s+/g, " ").trim(),
    ringed: (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2) || boxShadow !== "none",
    seen: bottom > 0 && right > 0 && top < innerHeight && left < innerWidth,
    html: here.outerHTML.slice(0, 160),
  };
}"""


class Keys:
    """The keyboard of one visitor, and how often it was pressed to get somewhere."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor, self.stops = visitor, 0
        self.page: Page = visitor.page

    def sign_in(self, account: User) -> "Keys":
        """The cursor stands in the first field; Enter signs in."""
        self.visitor.open("/accounts/login/")
        assert self.page.evaluate("document.activeElement.name") == "username"
        self.type(account.username).press("Tab").type(PASSWORD)
        return self.leads("Enter")

    def type(self, text: str) -> "Keys":
        self.page.keyboard.type(text)
        return self

    def press(self, *keys: str) -> "Keys":
        for key in keys:
            self.page.keyboard.press(key)
        return self

    def leads(self, key: str = "Enter") -> "Keys":
        """That key opens another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.visitor.look()
        return self

    def to(self, name: str, key: str = "Tab") -> "Keys":
        """By Tab alone to what is called so."""
        return self.until(lambda said: said == name, name, key)

    def until(self, found: Callable[[str], bool], name: str, key: str = "Tab") -> "Keys":
        for _ in range(MOST_STOPS):
            self.page.keyboard.press(key)
            self.stops += 1
            if found(self.said(may_be_outside=True)):
                self.said()
                return self
        raise AssertionError(f"not reached by {key}: {name}")

    def said(self, *, may_be_outside: bool = False) -> str:
        """What the focus is on; a page that lost it, or doesn't show where it is, fails."""
        here = self.page.evaluate(HERE)
        if here["lost"]:
            # After the last stop of a page a browser goes round by its own controls.
            assert may_be_outside, "the focus is lost"
            return ""
        assert here["seen"], f"out of sight: {here['html']}"
        assert here["ringed"], f"no ring: {here['html']}"
        return str(here["said"])

    def skip(self, words: str) -> "Keys":
        """The first stops of a page lead past what stands before its work."""
        return self.to(words).press("Enter")

    def opened(self) -> "Keys":
        """A dialog has come, and has the focus."""
        wait_for(
            self.page,
            "() => document.querySelector('dialog[open]')?.contains(document.activeElement)",
        )
        return self

    def closed(self) -> "Keys":
        """It is gone, and the focus is where it was before."""
        wait_for(self.page, "() => !document.querySelector('dialog[open]')")
        assert self.said()
        return self
