"""The exercises asked for, with their figures, and the judgement over all of them."""

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from bin import processes
from config.embedded_postgres import ROOT
from tests.drill import exercises, exhausting, interrupting
from tests.drill.clients import PATIENCE, read
from tests.drill.exercises import Drill, Exercise, Outcome
from tests.drill.judging import Judgement, judge
from tests.drill.machines import say
from tests.drill.people import Person
from tests.drill.topology import Topology
from tests.drill.world import CLIENTS, build_world, write_plan

EXERCISES: Mapping[str, Exercise] = {
    "rolling": exercises.rolling,
    "switchover": exercises.switchover,
    "primary": exercises.primary,
    "worker": interrupting.worker,
    "web": exercises.web,
    "etcd": exercises.etcd,
    "connections": exhausting.connections,
    "disk": exhausting.disk,
    "store": exhausting.store,
}
VERIFY = ("verify_totals", "verify_capacity", "verify_audit", "verify_agreements")
ITEMS_EACH = 120
"""Of each sheet for each exercise: a client saves one a second."""
AGAIN = 2
"""Exercises that may come a second time."""
BOUNDS = {
    "switchover": 3.0,
    "primary": 25.0,
    "worker": 5.0,
    "web": 5.0,
    "etcd": 5.0,
    "connections": 15.0,
    "disk": 30.0,
    "store": 5.0,
}
"""Seconds for one save or report, from when it was sent first until it was acknowledged."""


def carry_out(topology: Topology, names: Sequence[str]) -> int:
    """Print what the exercises cost; 1 if anything was lost, came twice, failed in a rolling restart or isn't done."""
    begin = time.monotonic()
    saving, reporting, long = build_world(ITEMS_EACH * (len(names) + 1 + AGAIN))
    connection.close()
    say(f"{len(saving) + len(reporting) + 1} sheets after {time.monotonic() - begin:.0f} s")
    plan, log = topology.places.folder / "plan.json", topology.places.folder / "told.jsonl"
    port = topology.places.ports["proxy"]
    write_plan(plan, port, saving, reporting)
    log.touch()
    drill = Drill(topology, log, Person(port, long), CLIENTS)
    with _clients(topology, plan, log):
        drill.wait_for_work()
        outcomes = _carried_out(drill, names)
    told = list(read(log))
    judgement = judge(told, [*saving, *reporting])
    connection.close()
    _say_judgement(judgement)
    return int(not all([judgement.holds, *map(_holds, outcomes), *_verified(topology)]))


def _carried_out(drill: Drill, names: Sequence[str]) -> list[Outcome]:
    """What took too long comes once more and counts then: a machine that others use holds up everything."""
    outcomes: list[Outcome] = []
    again = AGAIN
    for name in names:
        outcome = _told(exercises.run(drill, name, EXERCISES[name]))
        if again and is_late(outcome):
            again -= 1
            say(f"{name} once more")
            outcome = _told(exercises.run(drill, name, EXERCISES[name]))
        outcomes.append(outcome)
    return outcomes


@contextmanager
def _clients(topology: Topology, plan: Path, log: Path) -> Iterator[None]:
    """They work for the block; what one of them has begun then it carries through."""
    command = [sys.executable, "-m", "tests.drill.clients", str(plan), str(log)]
    running = processes.start(command, topology.environment, cwd=ROOT)
    try:
        yield
    finally:
        running.terminate()
        topology.machines.wait("the clients' last answers", lambda: running.poll() is not None)


def _told(outcome: Outcome) -> Outcome:
    kinds = ", ".join(f"{count} × {kind}" for kind, count in sorted(outcome.answers.items()))
    say(
        f"{outcome.name:<11} {outcome.seconds:5.0f} s  {outcome.attempts:5} attempts"
        f"  {outcome.failed:4} failed  longest {outcome.longest:5.1f} s  {kinds}"
    )
    for remark in (*outcome.remarks, *faults(outcome)):
        say(f"{'':11} {remark}")
    return outcome


def is_late(outcome: Outcome) -> bool:
    """Whether somebody waited longer than its bound."""
    return outcome.longest > BOUNDS.get(outcome.name, PATIENCE)


def faults(outcome: Outcome) -> Iterator[str]:
    """What should not have been."""
    if is_late(outcome):
        yield f"too long: {BOUNDS.get(outcome.name, PATIENCE):g} s are the most"
    if outcome.name == "rolling" and outcome.failed:
        yield "nothing may fail while web nodes are begun anew one by one"


def _holds(outcome: Outcome) -> bool:
    return not any(faults(outcome))


def _say_judgement(judgement: Judgement) -> None:
    say(
        f"{judgement.saves} saves and {judgement.reports} reports acknowledged:"
        f" {judgement.lost} lost, {judgement.duplicated} duplicated,"
        f" {judgement.unanswered} never acknowledged, {judgement.unfinished} jobs not done"
    )


def _verified(topology: Topology) -> Iterator[bool]:
    """Whether each of the commands that recompute agrees."""
    for command in VERIFY:
        done = topology.manage(command)
        said = (done.stdout or done.stderr).strip().splitlines()[-1:]
        say(f"{command}: {'agrees' if done.returncode == 0 else said}")
        yield done.returncode == 0
