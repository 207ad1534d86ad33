"""How the suite's own workers share the tests."""

from typing import Any

import pytest

from tests.sharing import Together


class Sender:
    """What xdist would send."""

    def _send_tests(self, node: Any, num: int) -> None:
        node.extend(self.pending[:num])  # type: ignore[attr-defined]


class Scheduler(Together, Sender):
    def __init__(self) -> None:
        demo = [f"tests/demo/test_{number}.py::test" for number in range(3)]
        self.collection = ["tests/a.py::test", *demo, "tests/b.py::test", "tests/c.py::test"]
        self.pending = list(range(len(self.collection)))


@pytest.mark.parametrize(
    ("asked", "sent"), [(0, 0), (1, 1), (2, 4), (3, 4), (4, 4), (5, 5), (6, 6), (9, 6)]
)
def test_the_demo_is_never_split_between_workers(asked: int, sent: int) -> None:
    node: list[int] = []

    Scheduler()._send_tests(node, asked)

    assert len(node) == sent
