"""Lists as people see them and the files that they lead to, brought to the same plain values."""

import io
import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from html.parser import HTMLParser
from typing import Any

import openpyxl
from django.test import Client

from apps.exchange.files.sheets import MANIFEST_SHEET
from tests.net.crawling import links_of, name_of

NOTHING = ("", "—", "-")
UNIT = re.compile(r"（[^（）]*）$")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
MOMENT = re.compile(
    r"(?:\d{4}-)?(\d{2}-\d{2}[ T]\d{2}:\d{2})"
)  # pages leave the year out where it is this one
ASIDE = ("small", "svg", "form", "button", "select")
"""What stands in a cell beside its value."""


class Tables(HTMLParser):
    """Each `data-table` of a page: its titles and rows of main texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tables: list[tuple[list[str], list[list[str]]]] = []
        self.text: list[str] | None = None
        self.part, self.aside = "", 0
        self.within = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self.within = "data-table" in (given.get("class") or "")
            if self.within:
                self.tables.append(([], []))
        if not self.within:
            return
        if tag in {"thead", "tbody", "tfoot"}:
            self.part = tag
        elif tag == "tr" and self.part == "tbody":
            self.tables[-1][1].append([])
        elif tag in {"th", "td"}:
            self.text, self.aside = [], 0
        elif tag in ASIDE or "below" in (given.get("class") or "").split():
            self.aside += 1

    def handle_endtag(self, tag: str) -> None:
        if not self.within:
            return
        if tag == "table":
            self.within = False
        elif tag in {"th", "td"} and self.text is not None:
            words = " ".join("".join(self.text).split())
            titles, rows = self.tables[-1]
            if self.part == "thead":
                titles.append(words)
            elif self.part == "tbody" and rows:
                rows[-1].append(words)
            self.text = None
        elif tag in ASIDE and self.aside:
            self.aside -= 1

    def handle_data(self, data: str) -> None:
        if self.text is not None and (not self.aside or self.part == "thead"):
            self.text.append(data)


def tables_of(page: str) -> list[tuple[list[str], list[list[str]]]]:
    parser = Tables()
    parser.feed(page)
    return parser.tables


def exports_of(url: str, page: str) -> list[str]:
    """The addresses of files of rows that a page leads to."""
    found = [target for target in links_of(url, page) if name_of(target).endswith("_export")]
    return list(dict.fromkeys(found))


def sheets_of(client: Client, address: str) -> dict[str, tuple[list[str], list[list[Any]]]]:
    """By name, titles and rows of every sheet of an exported workbook but the one about it."""
    response = client.get(address, {"format": "xlsx"} if "?" not in address else None)
    assert response.status_code == 200, (address, response.status_code)
    content = response.getvalue()
    if not response["Content-Type"].endswith("sheet"):
        return {}
    book = openpyxl.load_workbook(io.BytesIO(content))
    found = {}
    for sheet in book.worksheets:
        if sheet.title != MANIFEST_SHEET:
            lines = [list(row) for row in sheet.iter_rows(values_only=True)]
            top = next((n for n, line in enumerate(lines) if sum(map(bool, line)) > 1), 0)
            found[sheet.title] = ([str(cell) for cell in lines[top]], lines[top + 1 :])
    return found


def conditions_in(client: Client, address: str) -> list[tuple[str, str]]:
    """What the sheet about an export says."""
    book = openpyxl.load_workbook(io.BytesIO(client.get(address).getvalue()))
    lines = book[MANIFEST_SHEET].iter_rows(values_only=True)
    return [(str(line[0]), str(line[1])) for line in lines]


def bare(title: str) -> str:
    """A title without its unit."""
    return UNIT.sub("", title.split(" 升序", maxsplit=1)[0].strip())


def plain(value: Any) -> Any:
    """A number, a day, a minute or a text, wherever it stood."""
    if value is None or value in NOTHING:
        return None
    if isinstance(value, datetime):
        return f"{value:%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return round(Decimal(str(value)), 4)
    text = str(value).partition(" = ")[0].strip()  # packs are told behind a quantity
    if found := MOMENT.match(text):
        return found[1].replace("T", " ")
    return _number(text) if NUMBER.match(text.replace("¥", "").strip()) else text


def _number(text: str) -> Any:
    figure = text.replace("¥", "").replace(",", "").strip()
    found = re.fullmatch(rf"({NUMBER.pattern})\s*(%|[^\d\s.\-:]{{1,3}})?", figure)
    try:
        return round(Decimal(found[1]), 4) if found else text
    except InvalidOperation:
        return text


def is_number_or_moment(text: str) -> bool:
    """Whether a text reads as what a spreadsheet should hold as a number or a time."""
    return plain(text) != text.strip() and plain(text) is not None
