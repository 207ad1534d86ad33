"""The papers of security name what exists, each requirement once, and the components that the lock has."""

import re
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from bin.lock import BEGIN, COMPONENTS, END, LOCK, components

ROOT = Path(settings.BASE_DIR)
PAPERS = sorted((ROOT / "docs" / "security").glob("*.md"))
ASVS = ROOT / "docs" / "security" / "asvs-5.0-l2.md"
GBT = ROOT / "docs" / "security" / "gbt-22239-level3.md"
STATES = ["met", "partly", "not met", "not applicable"]
# Of levels 1 and 2 of ASVS 5.0.0, by section.
REQUIREMENTS = """
1.1:1-2 1.2:1-9 1.3:1-11 1.4:1-3 1.5:1-2 2.1:1-3 2.2:1-3 2.3:1-4 2.4:1 3.2:1-2 3.3:1-4 3.4:1-6 3.5:1-5 3.7:1-2 4.1:1-3
4.2:1 4.3:1-2 4.4:1-4 5.1:1 5.2:1-3 5.3:1-2 5.4:1-3 6.1:1-3 6.2:1-12 6.3:1-4 6.4:1-4 6.5:1-5 6.6:1-3 6.8:1-4 7.1:1-3
7.2:1-4 7.3:1-2 7.4:1-5 7.5:1-2 7.6:1-2 8.1:1-2 8.2:1-3 8.3:1 8.4:1 9.1:1-3 9.2:1-4 10.1:1-2 10.2:1-2 10.3:1-4
10.4:1-11 10.5:1-5 10.6:1-2 10.7:1-3 11.1:1-2 11.2:1-3 11.3:1-3 11.4:1-4 11.5:1 11.6:1 12.1:1-3 12.2:1-2 12.3:1-4
13.1:1 13.2:1-5 13.3:1-2 13.4:1-5 14.1:1-2 14.2:1-4 14.3:1-3 15.1:1-3 15.2:1-3 15.3:1-7 16.1:1 16.2:1-5 16.3:1-4
16.4:1-3 16.5:1-3 17.1:1 17.2:1-4 17.3:1-2
"""
LEVEL_ONE = """
1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1 3.5.2 3.5.3
4.1.1 4.4.1 5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1
7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2 8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 11.3.1
11.3.2 11.4.1 12.1.1 12.2.1 12.2.2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
PLACE = re.compile(
    r"`((?:apps|bin|config|docs|static|templates|tests)/[\w./-]+)(?:::(\w+))?`"
    r"|`((?:[A-Z]\w*|[.\w-]+)\.(?:md|yml|toml|lock)|Dockerfile|\.dockerignore)`"
)
SETTING = re.compile(r"`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=\w+)?`")
DECISION = re.compile(r"decisions? ((?:\d{4}(?:, | and )?)+)")
# What writes markup or runs text; what listens to other windows.
RISKY = re.compile(
    r"\.(?:inner|outer)HTML\b|insertAdjacentHTML|document\.write|\beval\(|new Function\b"
    r"|postMessage|onmessage|addEventListener\([\"']message"
)


def rows(paper: Path, columns: int) -> list[list[str]]:
    """Cells of the tables of so many columns, without heads."""
    lines = [line for line in paper.read_text("utf-8").splitlines() if line.startswith("| ")]
    split = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return [cells for cells in split if len(cells) == columns and cells[0] != "Requirement"]


def required() -> list[str]:
    found = []
    for section in REQUIREMENTS.split():
        name, _, span = section.partition(":")
        first, _, last = span.partition("-")
        found += [f"V{name}.{number}" for number in range(int(first), int(last or first) + 1)]
    return found


@cache
def functions_of(path: str) -> frozenset[str]:
    return frozenset(re.findall(r"def (\w+)\(", (ROOT / path).read_text("utf-8")))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_module_and_test_that_is_named_exists(paper: Path) -> None:
    named = PLACE.findall(paper.read_text("utf-8"))

    missing = {
        f"{path or top}::{name}"
        for path, name, top in named
        if not (ROOT / (path or top)).exists() or (name and name not in functions_of(path))
    }
    assert named
    assert missing == set()


@pytest.mark.parametrize("paper", PAPERS, ids=lambda path: path.name)
def test_every_setting_and_decision_that_is_named_exists(paper: Path) -> None:
    text = paper.read_text("utf-8")
    known = "".join(
        (ROOT / name).read_text("utf-8")
        for name in ("config/settings.py", "docs/reference.md", "docker-compose.yml")
    )
    numbers = {path.name[:4] for path in (ROOT / "docs" / "decisions").glob("*.md")}

    assert {name for name in SETTING.findall(text) if name not in known} <= {
        "CSRF_COOKIE_NAME",
        "SESSION_COOKIE_NAME",
    }
    assert {
        number for found in DECISION.findall(text) for number in re.findall(r"\d{4}", found)
    } <= numbers


def test_every_requirement_of_levels_one_and_two_stands_once() -> None:
    wanted = required()
    assert len(wanted) == 253

    assert [cells[0] for cells in rows(ASVS, 6)] == wanted


def test_levels_states_and_sums_are_what_the_rows_say() -> None:
    first = {f"V{name}" for name in LEVEL_ONE.split()}
    table = rows(ASVS, 6)
    assert {cells[0]: cells[1] for cells in table} == {
        name: "1" if name in first else "2" for name in required()
    }
    assert {cells[3] for cells in table} == set(STATES)

    said = {cells[0]: cells[1:] for cells in rows(ASVS, 4) if cells[0] in STATES}
    counted = {
        state: [
            str(sum(cells[3] == state and cells[1] in levels for cells in table))
            for levels in ("1", "2", "12")
        ]
        for state in STATES
    }
    assert said == counted


@pytest.mark.parametrize("paper", [ASVS, GBT], ids=lambda path: path.name)
def test_what_is_met_says_where_and_names_tests_alone(paper: Path) -> None:
    for *_, state, where, shown in (
        cells for cells in rows(paper, 6) + rows(paper, 5) if "State" not in cells
    ):
        if state in STATES:
            assert state == "not applicable" or where, (state, where, shown)
            assert shown == "none" or all(
                re.fullmatch(r"`tests/[\w/]+\.py(?:::test_\w+)?`", each)
                for each in shown.split("<br>")
            ), shown


def test_components_are_those_of_the_lock() -> None:
    written = COMPONENTS.read_text("utf-8").partition(BEGIN)[2].partition(END)[0]
    lock = LOCK.read_text("utf-8")

    assert written == components(lock)
    pinned = re.findall(r"^([\w.-]+)==([^\s;]+)", lock, re.MULTILINE)
    assert [tuple(cells[:2]) for cells in rows(COMPONENTS, 5)[1:]] == pinned


def test_scripts_make_no_markup_and_no_code_of_text() -> None:
    found = {
        f"{path.name}: {risky}"
        for path in (ROOT / "static" / "js").rglob("*.js")
        for risky in RISKY.findall(path.read_text("utf-8"))
    }
    assert found == set()


def test_lines_are_short_outside_of_tables() -> None:
    long = {
        f"{paper.name}:{number}"
        for paper in PAPERS
        for number, line in enumerate(paper.read_text("utf-8").splitlines(), 1)
        if len(line) > 120 and not line.startswith("|")
    }
    assert long == set()
