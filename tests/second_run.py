"""A journey in a browser that fails gets one more run, since a whole machine stands between a click and what it brings.

Invariant: nothing is hidden by it. The run names each such test at its end with what it said the first time, since a
test that passes only now and then has found a race, mostly one of the product's.
"""

from typing import Any

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.flaky(reruns=1))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if reports := terminalreporter.stats.get("rerun"):
        terminalreporter.section("failed at first: look into it")
    for report in reports or ():
        terminalreporter.line(f"{report.nodeid}: {_last_words(report)}")


def _last_words(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message).splitlines()[0] if crash else str(report.longrepr)
