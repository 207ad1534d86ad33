"""A hand that counts its clicks, and how long the pages that they led to took: what a desk asks of who works at it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from tests.journeys.visitor import Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Locator

TOOK = "() => performance.getEntriesByType('navigation')[0].duration"


class Hand:
    """Clicks of one person, milliseconds of pages, and the addresses that were opened."""

    def __init__(self, person: Visitor) -> None:
        self.person, self.clicks, self.milliseconds = person, 0, 0.0
        self.opened: set[str] = set()
        person.page.on("framenavigated", lambda frame: self.opened.add(frame.url))

    def press(self, name: str) -> "Hand":
        """A button or link that leads to another page, or opens a dialog."""
        self.clicks += 1
        before = self.person.page.url
        self.person.press(name).look()
        return self._waited(before)

    def click(self, target: "Locator", *, leads: bool = False) -> "Hand":
        self.clicks += 1
        if not leads:
            target.click()
            return self
        self.person.follow(target).look()
        return self._waited("")

    def choose(self, target: "Locator", index: int) -> "Hand":
        """A line of a select: one click opens it, one takes the line."""
        self.clicks += 2
        target.select_option(index=index)
        return self

    def _waited(self, before: str) -> "Hand":
        if self.person.page.url != before:
            self.milliseconds += self.person.page.evaluate(TOOK)
        return self

    def rest(self, *, most: int) -> None:
        """The work is done; the figures stand beside the pictures, where somebody asked for those."""
        if folder := os.environ.get("SCREENS"):
            said = f"{self.clicks} clicks, {self.milliseconds / 1000:.1f} s of pages"
            Path(folder, f"{self.person.name}.txt").write_text(said, encoding="utf-8")
        assert self.clicks <= most
