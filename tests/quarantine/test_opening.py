"""What a file may cost and do, and what comes back whatever its process does."""

import io
import os
import signal
import tempfile
import time
from pathlib import Path

import pytest

from apps.quarantine.inside import DONE, HEAD, SAID, Refused
from apps.quarantine.opening import Unopened, open_files
from apps.quarantine.walls import MB, Limits
from apps.quarantine.warm import WARM
from tests.waiting import wait_until

SMALL = Limits(cpu=1, clock=3, memory=1024 * MB, written=3 * MB, told=5 * MB)
OPENERS = "tests.quarantine.openers"


def ask(
    name, *files, limits=SMALL, output=None, hear=lambda _said: None, writes=False, **arguments
):
    return open_files(
        f"{OPENERS}:{name}", [io.BytesIO(each) for each in files], arguments,
        limits=limits, output=output, hear=hear, writes=writes,
    )  # fmt: skip


def test_an_opener_gets_the_files_and_answers():
    assert ask("echo", "甲".encode(), b"2", words="看") == ["看", "甲", "2"]


def test_files_stay_at_their_start_as_they_were():
    file = io.BytesIO(b"abc")
    file.read()

    open_files(f"{OPENERS}:echo", [file], {"words": ""})

    assert file.read() == b"abc"


def test_what_it_writes_is_in_the_output():
    with tempfile.TemporaryFile() as output:
        assert ask("writes", output=output) == 9
        output.seek(0)
        assert output.read().decode() == "写好了"


def test_every_file_has_a_process_of_its_own():
    first, second = ask("who"), ask("who")

    assert len({first, second, os.getpid()}) == 3


def test_a_refusal_comes_with_its_sentence():
    with pytest.raises(Refused, match=r"^这个文件不行。$"):
        ask("refused")


def test_nothing_of_ours_is_known_inside(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "x")
    WARM.end()

    names = ask("environment")

    assert "PATH" in names
    assert set(names) <= {"PATH", "TMPDIR", "LANG", "LC_CTYPE", "PYTHONDONTWRITEBYTECODE"}


def test_nothing_of_ours_is_open_inside():
    """The answer's line, the arguments, the file: no line to the server, to the database or to another file."""
    kinds = [each.partition(":")[0] for each in ask("descriptors", b"x")]

    assert [kind for kind in kinds if kind == "socket"] == []
    assert len(kinds) == 3


BOMBS = {
    "computes": "time",
    "sleeps": "time",
    "swells": "memory",
    "floods": "answer",
    "dies": "death",
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_at_its_limits_and_hurts_nobody(name):
    begun = time.monotonic()

    with pytest.raises(Unopened):
        ask(name)

    assert time.monotonic() - begun < SMALL.clock + 20  # the one that sleeps would take a minute
    assert ask("echo", b"1", words="") == ["", "1"]


def test_a_file_that_grows_ends_at_its_limit():
    with tempfile.TemporaryFile() as output:
        with pytest.raises(Unopened):
            ask("fills", output=output)
        assert output.seek(0, 2) <= SMALL.written


@pytest.mark.parametrize(
    "answer",
    [
        b"no frame",
        HEAD.pack(DONE, 4_000_000_000),
        HEAD.pack(DONE, 3) + b"{x}",
        HEAD.pack(SAID, 100_000) + b"[" * 100_000,
    ],
)
def test_an_answer_that_breaks_the_rules_is_none(answer):
    with pytest.raises(Unopened):
        ask("lies", answer=answer)


def test_an_error_is_told_without_a_word_of_the_file(caplog):
    with pytest.raises(Unopened) as unopened:
        ask("stumbles")

    assert "patient" not in str(unopened.value) + caplog.text
    assert "RuntimeError tests.quarantine.openers:" in str(unopened.value)


FORBIDDEN = {
    "socket", "unix socket", "pair", "program", "process", "signal", "write", "append", "delete", "move", "folder",
    "link", "mode", "shorten", "read", "secrets", "passwords",
}  # fmt: skip


@pytest.mark.parametrize("writes", [False, True])
def test_nothing_leaves_the_process_but_its_answer(tmp_path, writes):
    (tmp_path / "known").write_bytes(b"known")

    ended = ask("attempts", folder=str(tmp_path), writes=writes)

    assert {name for name, how in ended.items() if how == "PermissionError"} == FORBIDDEN
    assert ended["code"] == "done"
    assert [path.name for path in tmp_path.iterdir()] == ["known"]


def test_temporary_files_have_a_folder_of_their_own_that_goes():
    folder = Path(ask("keeps_files", writes=True))

    wait_until(lambda: not folder.exists(), lambda: "the folder is still there")
    with pytest.raises(Unopened):
        ask("keeps_files")


def test_the_server_is_started_anew_when_it_was_killed():
    ask("who")
    os.kill(WARM._server.pid, signal.SIGKILL)
    WARM._server.wait()

    assert ask("echo", words="再来") == ["再来"]


def test_whoever_stops_listening_ends_the_process():
    """A job is cancelled: what it asked for doesn't compute on."""
    heard = []

    def hear(said):
        heard.append(said)
        raise InterruptedError

    with pytest.raises(InterruptedError):
        ask("waits", hear=hear, flag="here", until="/nowhere", limits=Limits())

    wait_until(lambda: not children(), lambda: f"still there: {children()}")
    assert heard == ["here"]


def children():
    """Processes of the server."""
    server = WARM._server.pid
    return Path(f"/proc/{server}/task/{server}/children").read_text().split()
