import os
import socket
import subprocess
import sys

import pytest

from bin import environment
from bin.demo import ROOT


def run(*command, **settings):
    """Run one of our commands as a user does, with this very Python."""
    clean = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**clean, **settings},
        check=False,
        capture_output=True,
        text=True,
    )


def test_the_demo_names_the_way_out_of_a_taken_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = run("bin.demo", f"--port={port}")

    assert done.returncode == 1
    assert (
        done.stderr
        == f"bin/demo: Port {port} is in use. Choose another: bin/demo --port {port + 1}\n"
    )


def test_the_demo_never_drops_a_real_servers_database():
    done = run("bin.demo", "--fresh", "--port=0", DATABASE_URL="postgres://nobody@127.0.0.1:1/none")

    assert done.returncode == 1
    assert "--fresh drops the embedded database only" in done.stderr


def test_an_unknown_benchmark_is_refused_with_the_known_ones():
    done = run("bin.bench", "nothing")

    assert done.returncode == 2
    assert "no such benchmark: nothing; there are " in done.stderr


def test_another_lock_asks_for_another_environment(tmp_path, monkeypatch):
    before = environment.wanted_stamp()
    changed = tmp_path / "requirements.lock"
    changed.write_bytes(environment.LOCK.read_bytes() + b"# one line more\n")
    monkeypatch.setattr(environment, "LOCK", changed)

    assert environment.wanted_stamp() != before


@pytest.mark.parametrize(
    "name", ["demo", "test", "bench", "lock", "run", "backup", "restore", "upgrade"]
)
def test_every_command_can_be_run_in_any_shell(name):
    text = (ROOT / "bin" / name).read_text()

    assert os.access(ROOT / "bin" / name, os.X_OK)
    assert text.startswith("#!/bin/sh\n")
