"""The exercises: each does one thing to the topology while the clients work, and says what it cost them."""

import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.drill.clients import Told, read
from tests.drill.people import Person
from tests.drill.places import WEBS
from tests.drill.topology import Topology

QUIET = 3.0
"""Seconds of ordinary work before and after."""


@dataclass(frozen=True)
class Outcome:
    """What the clients noticed between the beginning and the end of an exercise."""

    name: str
    seconds: float
    attempts: int
    failed: int
    longest: float
    """Seconds that one save or report took, from its first attempt until it was acknowledged."""
    answers: dict[str, int] = field(default_factory=dict)
    """Of what failed, by kind."""
    remarks: tuple[str, ...] = ()


@dataclass
class Drill:
    """What an exercise works with."""

    topology: Topology
    log: Path
    person: Person
    clients: int
    remarks: list[str] = field(default_factory=list)

    def say(self, remark: str) -> None:
        self.remarks.append(remark)

    def told_since(self, moment: float) -> list[Told]:
        return [each for each in read(self.log) if each.at >= moment]

    def wait_for_work(self, seconds: float = 120) -> None:
        """Until every client has been acknowledged anew."""
        now = time.time()

        def all_told() -> bool:
            return len({each.client for each in self.told_since(now) if each.done}) == self.clients

        self.topology.machines.wait("all clients acknowledged", all_told, seconds=seconds)


Exercise = Callable[[Drill], None]


def run(drill: Drill, name: str, exercise: Exercise) -> Outcome:
    """Raises `DrillFailed`."""
    drill.remarks.clear()
    begin = time.time()
    drill.topology.machines.rest(QUIET)
    exercise(drill)
    drill.wait_for_work()
    told = drill.told_since(begin)
    failed = [each for each in told if not each.done]
    longest = max((each.waited for each in told if each.done), default=0.0)
    return Outcome(
        name,
        time.time() - begin,
        len(told),
        len(failed),
        longest,
        dict(Counter(each.answer for each in failed)),
        tuple(drill.remarks),
    )


def rolling(drill: Drill) -> None:
    """Every web node is drained, ended and begun anew, one after the other."""
    machines = drill.topology.machines
    for web in WEBS:
        drill.topology.drain_file(web).touch()
        machines.wait(f"{web} drained", partial(_gets_traffic, drill, web, wanted=False))
        _restart(drill, web)
        machines.wait(f"{web} back", partial(_gets_traffic, drill, web, wanted=True))


def _gets_traffic(drill: Drill, web: str, *, wanted: bool) -> bool:
    return (web in drill.topology.webs_up()) == wanted


def _restart(drill: Drill, name: str) -> None:
    """As `systemctl restart` does: a word, and the next one is begun when it has ended."""
    machine = drill.topology.machines[name]
    machine.is_down = True
    assert machine.child
    machine.child.send_signal(signal.SIGTERM)
    drill.topology.machines.wait(f"{name} ended", lambda: not machine.runs())
    machine.start()


def switchover(drill: Drill) -> None:
    """The synchronous standby takes over, as before the maintenance of a machine."""
    before = drill.topology.primary()
    drill.topology.switch_over()
    await_new_primary(drill, before)
    await_whole(drill)


def primary(drill: Drill) -> None:
    """The machine of the primary loses its power, and comes back when another one has taken over."""
    before = drill.topology.primary()
    drill.topology.machines[before].kill()
    await_new_primary(drill, before)
    drill.wait_for_work()
    drill.topology.machines[before].start()
    await_whole(drill)


def await_new_primary(drill: Drill, before: str) -> None:
    topology = drill.topology
    seconds = topology.machines.wait(
        "another primary", lambda: topology.primary() not in {"", before}
    )
    drill.say(f"{before} → {topology.primary()} after {seconds:.1f} s")


def await_whole(drill: Drill) -> None:
    seconds = drill.topology.machines.wait("two standbys again", drill.topology.is_whole)
    drill.say(f"two standbys again {seconds:.1f} s later")


def web(drill: Drill) -> None:
    """A web node loses its power without a word, and is back after ten seconds."""
    machine = drill.topology.machines[WEBS[0]]
    machine.kill()
    drill.topology.machines.rest(10)
    machine.start()
    drill.topology.machines.wait("both web nodes", lambda: drill.topology.webs_up() == set(WEBS))


def etcd(drill: Drill) -> None:
    """The leader of etcd loses its power; nothing else may change."""
    leader, before = drill.topology.store_leader(), drill.topology.primary()
    drill.topology.machines[leader].kill()
    seconds = drill.topology.machines.wait(
        "another leader of etcd", lambda: drill.topology.store_leader() not in {"", leader}
    )
    drill.say(f"{leader} → {drill.topology.store_leader()} after {seconds:.1f} s")
    drill.topology.machines.rest(10)
    drill.topology.machines[leader].start()
    after = drill.topology.primary()
    drill.say("the primary stayed" if after == before else f"primary {before} → {after}")
