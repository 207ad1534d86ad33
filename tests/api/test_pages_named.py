"""`docs/api.md` names every page, with the operation that does the same or why there is none."""

import re
from pathlib import Path

import pytest
from django.conf import settings

from apps.api.pages.files import EXPORTS, IMPORTS
from apps.api.pages.interface import document
from tests.net import access_table as table

PAPER = Path(settings.BASE_DIR) / "docs" / "api.md"
PROGRAMS = ("api:", "admin:")
SHORTCUTS = "_latest"
SHORTCUTS_NAMED = {"reporting:batch_latest", "review:round_latest"}


def lines() -> list[tuple[list[str], str]]:
    """Names of pages, and what stands behind them."""
    section = PAPER.read_text("utf-8").partition("\n## Pages and operations\n")[2]
    rows = re.findall(r"^\| (`.*?) \| (.+?) \|$", section.partition("\n## ")[0], re.MULTILINE)
    return [(re.findall(r"`([^`]+)`", pages), behind) for pages, behind in rows]


def pages() -> set[str]:
    """Every address of the product that a person opens."""
    return {
        name
        for name in table.addresses()
        if ":" in name
        and not name.startswith(PROGRAMS)
        and (not name.endswith(SHORTCUTS) or name in SHORTCUTS_NAMED)
    }


def test_every_page_stands_in_the_list_once():
    named = [name for names, _ in lines() for name in names]

    assert sorted(pages() - set(named)) == [], "name them in docs/api.md"
    assert sorted(set(named) - pages()) == [], "no such pages"
    assert len(named) == len(set(named))


def test_what_stands_behind_them_is_there():
    operations = {
        operation["operationId"]
        for methods in document()["paths"].values()
        for operation in methods.values()
    }
    known = operations | EXPORTS.keys() | IMPORTS.keys() | {"query"}
    said = {name for _, behind in lines() for name in re.findall(r"`([^`]+)`", behind)}

    assert said - known == set()
    assert all(behind.startswith(("none", "`", "export", "import")) for _, behind in lines())


@pytest.mark.parametrize("kinds", [EXPORTS, IMPORTS])
def test_every_kind_of_file_is_named(kinds):
    said = {name for _, behind in lines() for name in re.findall(r"`([^`]+)`", behind)}

    assert kinds.keys() - said == set()
