"""Debian's packages for tests and exercises: installed where somebody may, never started as services."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

NO_CLUSTER = Path("/etc/postgresql-common/createcluster.d/none.conf")
POLICY = Path("/usr/sbin/policy-rc.d")


def installs() -> bool:
    """Whether we may: root, on Debian."""
    return os.geteuid() == 0 and all(map(shutil.which, ("apt-get", "dpkg-query")))


def provide(packages: Sequence[str]) -> bool:
    """Install what is missing, for root on Debian; whether all are there now."""
    missing = [package for package in packages if not _is_installed(package)]
    if not missing:
        return True
    print(f"Installing {' '.join(missing)} …", file=sys.stderr, flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _nothing_starts():
        for step in (("update",), ("install", "-y", "--no-install-recommends", *missing)):
            done = subprocess.run(
                ["apt-get", "-qq", *step], env=environment, check=False, stdout=subprocess.DEVNULL
            )
            if done.returncode:
                return False
    return True


@contextmanager
def _nothing_starts() -> Iterator[None]:
    """No service of a package begins beside us, PostgreSQL makes no cluster."""
    NO_CLUSTER.parent.mkdir(parents=True, exist_ok=True)
    NO_CLUSTER.write_text("create_main_cluster = false\n")
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink()


def _is_installed(package: str) -> bool:
    query = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    return subprocess.run(query, check=False, capture_output=True, text=True).stdout == "installed"
