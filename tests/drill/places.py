"""Where everything of the local topology lies and listens, and its configuration with that filled in.

Invariant: loopback alone, ports that were free, passwords of this run; nothing lies outside of one folder.
"""

import os
import re
import secrets
import shutil
import socket
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from config.embedded_postgres import DEBIAN, NAME, ROOT, RUNNER
from config.server_account import Account, let_in

TEMPLATES = ROOT / "deploy" / "local"
SERVERS, STORES, WEBS = ("pg1", "pg2", "pg3"), ("etcd1", "etcd2", "etcd3"), ("web1", "web2")
WORKERS = ("worker1", "worker2")
LISTENING = (
    *SERVERS,
    *(f"{server}_rest" for server in SERVERS),
    *(f"{store}_{port}" for store in STORES for port in ("client", "peer")),
    *WEBS, "pages", "database", "pooler", "store", "s3", "proxy",
)  # fmt: skip
PLACE = re.compile(r"@\{(\w+)\}")
HOST = "127.0.0.1"
HERE = {"here": HOST, "at": HOST, "balancer": HOST, "network": f"{HOST}/32"}
"""Where a machine listens and is found, HAProxy's machine, from where one comes to a database."""


class NotInstalled(RuntimeError):
    """A program of Debian's packages is missing; the message says which package has it."""


@dataclass(frozen=True)
class Places:
    """One topology: its folder, whose it is, its ports by name, its one password."""

    folder: Path
    account: Account
    ports: Mapping[str, int]
    password: str
    programs: Path
    """PostgreSQL's own."""

    @property
    def owner_url(self) -> str:
        return self._database(NAME)

    @property
    def runner_url(self) -> str:
        """Every server's address; whichever takes writes is the one."""
        return self._database(RUNNER)

    @property
    def replica_url(self) -> str:
        """The same, for whichever takes none."""
        return self._database(RUNNER, "standby&load_balance_hosts=random")

    @property
    def pooled_url(self) -> str:
        """Through PgBouncer, which asks HAProxy for the primary."""
        return f"postgres://{RUNNER}:{self.password}@{HOST}:{self.ports['pooler']}/{NAME}"

    def _database(self, role: str, which: str = "read-write") -> str:
        hosts = ",".join(f"{HOST}:{self.ports[server]}" for server in SERVERS)
        said = f"target_session_attrs={which}&connect_timeout=3"
        return f"postgres://{role}:{self.password}@{hosts}/{NAME}?{said}"

    def server_url(self, server: str, database: str = "postgres") -> str:
        """The owner at this one server, whatever it is."""
        said = "connect_timeout=3"
        return f"postgres://{NAME}:{self.password}@{HOST}:{self.ports[server]}/{database}?{said}"

    def address(self, name: str, scheme: str = "http") -> str:
        return f"{scheme}://{HOST}:{self.ports[name]}"

    def home(self, machine: str) -> Path:
        """The machine's own folder, made if it isn't there."""
        folder = self.folder / machine
        if not folder.exists():
            folder.mkdir(mode=0o700)
            give(self.account, folder)
        return folder

    def filled(self, template: str, machine: str, **values: object) -> Path:
        """The machine's configuration: `deploy/local/<template>` with what stands in `@{…}`."""
        at = {f"{name}_at": f"{HOST}:{port}" for name, port in self.ports.items()}
        known = {**self.ports, **at, **HERE, "password": self.password, **values}
        known |= {"name": machine, "folder": self.home(machine), "configuration": self.folder}
        text = (TEMPLATES / template).read_text("utf-8")
        return self.written(machine, template, PLACE.sub(lambda at: str(known[at[1]]), text))

    def written(self, machine: str, name: str, text: str) -> Path:
        file = self.home(machine) / name
        file.write_text(text, "utf-8")
        file.chmod(0o600)
        give(self.account, file)
        return file


def make_places(folder: Path, account: Account) -> Places:
    """A new folder, ports that nobody has. Raises `NotInstalled`."""
    programs = postgres_programs()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    give(account, folder)
    let_in(account, folder.parent)
    shutil.copy(TEMPLATES / "away.http", folder)
    return Places(folder, account, _free_ports(), secrets.token_hex(16), programs)


def give(account: Account, path: Path) -> None:
    if account.is_other:
        os.chown(path, account.uid, account.gid)


def postgres_programs() -> Path:
    """Of the newest version that Debian has installed."""
    found = [each.parent for each in DEBIAN.glob("*/bin/initdb")]
    if not found:
        raise NotInstalled("PostgreSQL's programs are missing: apt-get install postgresql")
    return max(found, key=lambda folder: int(folder.parent.name))


def program(name: str, package: str) -> str:
    """The path of a program. Raises `NotInstalled`."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if found is None:
        raise NotInstalled(f"{name} is missing: apt-get install {package}")
    return found


def _free_ports() -> dict[str, int]:
    with ExitStack() as held:
        found = {name: held.enter_context(socket.socket()) for name in LISTENING}
        for each in found.values():
            each.bind((HOST, 0))
        return {name: each.getsockname()[1] for name, each in found.items()}
