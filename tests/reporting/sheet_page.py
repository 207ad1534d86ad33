"""The sheet of 采购需求维护 as a test finds it in a browser: its cells, its rows, the clipboard."""

from typing import Any

from django.urls import reverse
from playwright.sync_api import Locator, Page, expect

PASTE = """text => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const init = {clipboardData: data, bubbles: true, cancelable: true};
    document.activeElement.dispatchEvent(new ClipboardEvent("paste", init));
}"""
COPY = """() => {
    const clipboardData = new DataTransfer();
    const init = {clipboardData, bubbles: true, cancelable: true};
    document.activeElement.dispatchEvent(new ClipboardEvent("copy", init));
    return clipboardData.getData("text/plain");
}"""


def opened(page: Page) -> Page:
    page.goto(reverse("reporting:demand_edit", args=["BL"]))
    page.wait_for_selector("[data-body] .spacer", state="attached")
    return page


def row(page: Page, code: str) -> Locator:
    return page.locator("[data-body] tr", has_text=code)


def cell(page: Page, code: str, field: str = "planned") -> Locator:
    return row(page, code).locator(f"[data-field={field}]")


def column(page: Page, code: str, name: str) -> Locator:
    return row(page, code).locator(f"[data-col={name}]")


def shown(page: Page, *codes: str, field: str = "planned") -> list[str]:
    """What stands in the cells of some rows, as it is shown when the cursor is elsewhere."""
    return [cell(page, code, field).input_value().replace(",", "") for code in codes]


def listed(page: Page) -> list[str]:
    """The codes of the rows as they stand."""
    return page.locator("[data-body] [data-cell=about]").evaluate_all(
        "cells => cells.map((cell) => cell.textContent.split(' ')[0])"
    )


def saved(page: Page) -> None:
    """Nothing waits any more."""
    expect(page.locator("[data-body] tr.is-dirty")).to_have_count(0)
    expect(page.locator("[data-saved]")).to_contain_text("已自动保存")


def paste(page: Page, text: str) -> None:
    page.evaluate(PASTE, text)


def copied(page: Page) -> str:
    """What Ctrl+C would put on the clipboard."""
    text: Any = page.evaluate(COPY)
    return str(text)
