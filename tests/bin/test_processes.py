import os
import signal
import subprocess
import sys
from pathlib import Path

from bin import processes
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    (
        "import pathlib, signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        "pathlib.Path(sys.argv[1]).touch(); time.sleep(60)"
    ),
]


def works(pid):
    """Whether the process does anything: a zombie that nobody reaps doesn't."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_stopping_ends_every_child():
    children = [processes.start(SLEEP, os.environ) for _ in range(2)]

    processes.stop(children)

    assert [child.returncode for child in children] == [-signal.SIGTERM, -signal.SIGTERM]


def test_a_child_that_ignores_the_request_is_killed(monkeypatch, tmp_path):
    monkeypatch.setattr(processes, "GRACE_SECONDS", 0.2)
    deaf = tmp_path / "deaf"
    child = processes.start([*STUBBORN, str(deaf)], os.environ)
    wait_until(deaf.exists, lambda: "not up")

    processes.stop([child])

    assert child.returncode == -signal.SIGKILL


def test_who_ended_is_started_again_in_its_place():
    children = [processes.start(SLEEP, os.environ) for _ in range(2)]
    before = list(children)
    children[1].kill()
    children[1].wait()

    assert processes.revive(children, os.environ) == [before[1]]

    assert children[0] is before[0]
    assert children[1].poll() is None
    assert children[1].args == before[1].args
    assert processes.revive(children, os.environ) == []
    processes.stop(children)


def test_stopping_what_has_ended_by_itself_is_fine():
    child = processes.start([sys.executable, "-c", ""], os.environ)
    child.wait()

    processes.stop([child])

    assert child.returncode == 0


def test_children_end_with_a_parent_that_was_killed():
    program = (
        "import os, sys, time; from bin import processes;"
        f"child = processes.start({SLEEP!r}, os.environ);"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    pid = int(next(line for line in parent.stdout if line.strip().isdigit()))

    parent.kill()
    parent.wait()

    wait_until(lambda: not works(pid), lambda: f"{pid} still works")
    parent.stdout.close()


def test_a_signal_becomes_an_orderly_exit():
    program = (
        "import time; from bin import processes; processes.exit_on_signals();\n"
        "try:\n print('up', flush=True); time.sleep(60)\n"
        "finally:\n print('tidied', flush=True)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    child.stdout.readline()

    child.send_signal(signal.SIGTERM)

    assert child.communicate()[0] == "tidied\n"
    assert child.returncode == 128 + signal.SIGTERM
