"""A small disk for each PostgreSQL server, so that one of them can be full: a tmpfs, which only root may mount."""

import os
import subprocess
from pathlib import Path

from tests.drill.places import SERVERS, Places

MEGABYTES = 900
IMPOSSIBLE = "a small disk of its own takes the right to mount one"


def mount(places: Places) -> None:
    """Where we may; before anything lies there."""
    said = f"size={MEGABYTES}m,mode=0700,uid={places.account.uid},gid={places.account.gid}"
    for server in SERVERS:
        command = ["mount", "-t", "tmpfs", "-o", said, "tmpfs", str(places.home(server))]
        if os.geteuid() != 0 or subprocess.run(command, check=False).returncode:
            return


def mounted(home: Path) -> bool:
    return home.is_mount()


def unmount(places: Places) -> None:
    for server in SERVERS:
        if mounted(places.folder / server):
            subprocess.run(["umount", "--lazy", places.folder / server], check=False)
