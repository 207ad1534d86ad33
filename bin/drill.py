"""Exercises on the whole topology of `deploy/local/`, on this machine's loopback: `bin/drill [name …]` or `all`.

Clients save and report through the product's pages meanwhile; afterwards everything that was acknowledged has to be
there, once, and no job may be left. `--list` names the exercises; `--stay` starts the topology alone and leaves it
running until Ctrl-C. Needs Debian's etcd-server, patroni, postgresql, pgbouncer, haproxy and nginx: root installs them.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django

from bin import debian, processes
from config import server_account
from config.embedded_postgres import NAME, VAR
from tests.drill.machines import DrillFailed, say
from tests.drill.places import NotInstalled, make_places
from tests.drill.schema import make_database
from tests.drill.small_disks import mount, unmount
from tests.drill.topology import Topology

PACKAGES = ("etcd-server", "haproxy", "nginx", "patroni", "pgbouncer", "postgresql")
USUAL = ("rolling", "switchover", "primary", "worker")
OTHERS = ("web", "etcd", "connections", "disk", "store")
FOLDER = VAR / "drill"
NOT_HAD = 3
"""What it ends with where a program is neither here nor to be had."""


def main() -> int:
    options = _options()
    if options.list:
        print("\n".join((*USUAL, *OTHERS)))
        return 0
    processes.exit_on_signals()
    if debian.installs():
        debian.provide(PACKAGES)
    try:
        with _topology(small_disks="disk" in options.names) as topology:
            return _stay(topology) if options.stay else _drill(topology, options.names)
    except NotInstalled as missing:
        print(f"bin/drill: {missing}", file=sys.stderr)
        return NOT_HAD
    except DrillFailed as failure:
        print(f"bin/drill: {failure}; what the machines said lies in {FOLDER}", file=sys.stderr)
        return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/drill", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="name", help=", ".join((*USUAL, *OTHERS, "all"))
    )
    parser.add_argument("--list", action="store_true")
    parser.add_argument("--stay", action="store_true")
    options = parser.parse_args()
    if unknown := set(options.names) - {*USUAL, *OTHERS, "all"}:
        parser.error(f"no such exercise: {', '.join(sorted(unknown))}")
    options.names = list((*USUAL, *OTHERS) if "all" in options.names else options.names or USUAL)
    return options


@contextmanager
def _topology(*, small_disks: bool) -> Iterator[Topology]:
    """All of it, with the product's database; nothing of it is left afterwards."""
    begin = time.monotonic()
    topology = Topology(make_places(FOLDER, server_account.account(NAME, FOLDER)))
    try:
        if small_disks:
            mount(topology.places)
        collecting = topology.begin("collectstatic", "--no-input", "--verbosity=0")
        topology.start_servers()
        say(f"servers after {time.monotonic() - begin:.0f} s")
        say(f"database {make_database(topology)} after {time.monotonic() - begin:.0f} s")
        if collecting.wait():
            raise DrillFailed("collectstatic failed")
        topology.start_product()
        say(f"everything is up after {time.monotonic() - begin:.0f} s")
        yield topology
    finally:
        with processes.undisturbed():
            topology.machines.stop()
            unmount(topology.places)


def _stay(topology: Topology) -> int:
    say(f"HAProxy {topology.places.address('pages')}/, nginx {topology.places.address('proxy')}/")
    say(f"DATABASE_URL={topology.places.runner_url}")
    while True:
        topology.machines.rest(1)


def _drill(topology: Topology, names: list[str]) -> int:
    """The exercises, one after the other. Settings are read only now: they name the topology."""
    os.environ.update(topology.environment)
    del os.environ["REPLICA_URL"]  # who judges asks the primary
    os.environ["DATABASE_OWNER_URL"] = topology.places.owner_url
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    django.setup()
    from tests.drill import carrying_out  # noqa: PLC0415

    return carrying_out.carry_out(topology, names)


if __name__ == "__main__":
    sys.exit(main())
