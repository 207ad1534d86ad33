"""How xdist's workers share the tests: those that stand on the loaded demo run together, in one worker, first; beside
them what needs no database, since its making keeps one worker busy; at the end what commits, the long ones first and
one by one, so that all workers end at the same time.

Invariant: within each of these the order stays pytest-randomly's.
"""

from typing import Any

import pytest

DEMO = (
    "tests/journeys/test_every_rail_page.py",
    "tests/journeys/test_manual_pictures.py",
    "tests/demo/",
)
"""In the order in which they commit: who only looks comes before who adds to it, and both before who builds alone."""
LONGEST = ("tests/journeys/", "tests/net/", "tests/distribution/")
"""Where a single test in a browser takes a minute."""
LAST = 20
"""The last part of so many is handed out one by one: in one sending, all journeys would be one worker's."""
AHEAD = 2
"""The test at work and the one after it, which a worker has to know before it begins."""


class Together:
    """Of a scheduler: what belongs to a group is never split between workers, nor sent with anything else."""

    pending: list[int]
    collection: list[str] | None
    node2pending: dict[Any, list[int]]

    def _send_tests(self, node: Any, num: int) -> None:
        names = self.collection or []
        group = [index for index in self.pending if names[index].startswith(DEMO)]
        self.pending.sort(key=lambda index: not names[index].startswith(DEMO))
        if not group and len(self.pending) <= len(names) // LAST:
            num = min(num, AHEAD - len(self.node2pending[node]))
        if num > 0:
            super()._send_tests(node, len(group) or num)  # type: ignore[misc]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> float:
    """What builds data of its own comes before the demo is loaded; a test that commits leaves nothing of it."""
    named = getattr(item, "fixturenames", ())
    marker = item.get_closest_marker("django_db")
    commits = bool({"transactional_db", "live_server"}.intersection(named)) or (
        marker is not None and marker.kwargs.get("transaction", False)
    )
    if item.nodeid.startswith(DEMO):
        place = next(n for n, name in enumerate(DEMO) if item.nodeid.startswith(name))
        return 2 + place / len(DEMO) if commits else 1 if "demo" in named else 0
    if commits:
        return 6 if item.nodeid.startswith(LONGEST) else 7
    if "lasting_world" in named:
        return 4
    return 5 if marker or "db" in named else 3


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """xdist's own way of sharing (`--dist=load`), with groups; another way is whoever asks for it's to have."""
    if config.getvalue("dist") != "load":
        return None
    from xdist.scheduler import LoadScheduling  # noqa: PLC0415 - only where tests are shared

    return type("LoadTogether", (Together, LoadScheduling), {})(config, log)
