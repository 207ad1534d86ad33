"""How xdist's workers share the tests: those that stand on the loaded demo run together, in one worker, first.

Invariant: within the group and outside it the order stays pytest-randomly's.
"""

from pathlib import Path
from typing import Any

import pytest

DEMO = Path(__file__).parent / "demo"


class Together:
    """Of a scheduler: what belongs to a group is never split between workers."""

    pending: list[int]
    collection: list[str] | None

    def _send_tests(self, node: Any, num: int) -> None:
        names = self.collection or []
        while 0 < num < len(self.pending) and all(
            names[index].startswith("tests/demo/") for index in self.pending[num - 1 : num + 1]
        ):
            num += 1
        super()._send_tests(node, num)  # type: ignore[misc]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The demo's tests before all others, and those that build data of their own before it is loaded."""
    items.sort(key=_rank)


def _rank(item: pytest.Item) -> int:
    if DEMO not in item.path.parents:
        return 2
    return 1 if "demo" in getattr(item, "fixturenames", ()) else 0


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """xdist's own way of sharing (`--dist=load`), with groups; another way is whoever asks for it's to have."""
    if config.getvalue("dist") != "load":
        return None
    from xdist.scheduler import LoadScheduling  # noqa: PLC0415 - only where tests are shared

    return type("LoadTogether", (Together, LoadScheduling), {})(config, log)
