"""Which lines of `docs/checklist.md` the suite proves: the marker `covers`, counted at the end of full runs.

Invariant: a line counts only while every test that claims it passes; an id that isn't in the checklist is refused.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

CHECKLIST = Path(__file__).resolve().parent.parent / "docs" / "checklist.md"
LINE = re.compile(r"^- (S\d-\d+)\b", re.MULTILINE)
PROPERTY = "covers"


def checklist_ids() -> list[str]:
    """Return all ids in the checklist's order."""
    return LINE.findall(CHECKLIST.read_text(encoding="utf-8"))


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(CoversCount(), "covers-count")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    known = frozenset(checklist_ids())
    for item in items:
        claimed = [name for marker in item.iter_markers("covers") for name in marker.args]
        if unknown := [name for name in claimed if name not in known]:
            raise pytest.UsageError(
                f"{item.nodeid} covers what the checklist doesn't have: {unknown}"
            )
        item.user_properties.append((PROPERTY, claimed))


class CoversCount:
    """Collects the claims of passed and failed tests, also from xdist's workers."""

    def __init__(self) -> None:
        self.passed: set[str] = set()
        self.failed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        claimed = dict(report.user_properties).get(PROPERTY, ())
        if report.failed:
            self.failed.update(claimed)
        elif report.when == "call" and report.passed:
            self.passed.update(claimed)

    def pytest_terminal_summary(self, terminalreporter: Any, config: pytest.Config) -> None:
        if not _is_full_run(config):
            return
        terminalreporter.section("checklist")
        for line in summary(checklist_ids(), self.passed - self.failed):
            terminalreporter.line(line)


def summary(ids: Iterable[str], proven: set[str]) -> list[str]:
    """Return one line per manual: how many of its ids are proven, and which are not."""
    manuals: dict[str, list[str]] = {}
    for name in ids:
        manuals.setdefault(name.split("-")[0], []).append(name)
    return [_manual_line(manual, names, proven) for manual, names in manuals.items()]


def _manual_line(manual: str, names: list[str], proven: set[str]) -> str:
    missing = [name for name in names if name not in proven]
    line = f"{manual}: {len(names) - len(missing)} of {len(names)} covered"
    return f"{line}; not: {' '.join(missing)}" if missing else line


def _is_full_run(config: pytest.Config) -> bool:
    narrowed = (
        config.option.keyword or config.option.markexpr or config.getoption("lf", default=False)
    )
    return config.args_source == pytest.Config.ArgsSource.TESTPATHS and not narrowed
