"""How the suite's own workers share the tests."""

from typing import Any

import pytest

from tests.sharing import Together

DEMO = {1, 2, 3}
"""Where they stand between others: those of a worker that crashed come back anywhere."""


class Sender:
    """What xdist would send."""

    pending: list[int]

    def _send_tests(self, node: Any, num: int) -> None:
        node.extend(self.pending[:num])
        del self.pending[:num]


class Scheduler(Together, Sender):
    def __init__(self) -> None:
        demo = [f"tests/demo/test_{number}.py::test" for number in range(len(DEMO))]
        self.collection = ["tests/a.py::test", *demo, "tests/b.py::test", "tests/c.py::test"]
        self.pending = list(range(len(self.collection)))


@pytest.mark.parametrize("asked", [1, 2, 3, 4, 9])
def test_the_demo_is_never_split_between_workers(asked: int) -> None:
    """It goes to the first who asks, whatever number was asked for, and alone; the rest as xdist wants it."""
    scheduler, sent = Scheduler(), []
    while scheduler.pending:
        node: list[int] = []
        scheduler._send_tests(node, asked)
        sent.append(node)

    assert set(sent[0]) == DEMO
    assert sorted(index for node in sent for index in node) == list(range(6))
    assert [index for node in sent[1:] for index in node] == [0, 4, 5]
    assert all(len(node) <= asked for node in sent[1:])


class Worker(list[int]):
    """What it was sent."""

    __hash__ = object.__hash__


class Long(Together, Sender):
    """Forty tests, of which the last two are handed out one by one."""

    def __init__(self, *waiting: int) -> None:
        self.collection = [f"tests/a.py::test_{number}" for number in range(40)]
        self.pending = [38, 39]
        self.node2pending = {}
        self.waiting = list(waiting)

    def sent(self) -> list[int]:
        worker = Worker()
        self.node2pending[worker] = self.waiting
        self._send_tests(worker, 9)
        return list(worker)


@pytest.mark.parametrize(
    ("waiting", "sent"), [((), [38, 39]), ((7,), [38]), ((6, 7), []), ((5, 6, 7), [])]
)
def test_the_last_go_one_by_one_to_who_is_nearly_done(
    waiting: tuple[int, ...], sent: list[int]
) -> None:
    assert Long(*waiting).sent() == sent
