"""Whose turn it is: one file of an account at a time, few at a machine, a thread left for everybody else."""

import os
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import replace

import pytest

from apps.quarantine.opening import open_files
from apps.quarantine.turns import FULL, JOB, OWN, PAGE, Busy, acting, turn
from tests.waiting import PATIENCE

HURRIED = replace(PAGE, patience=0.2, own_patience=0.2)
PATIENT = replace(JOB, patience=0.2, own_patience=0.2)


@pytest.fixture(autouse=True)
def own_places(tmp_path, monkeypatch):
    """Other tests at work on this machine hold places of their own."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def held(stack, account, lane=HURRIED):
    stack.enter_context(acting(account, lane))
    return stack.enter_context(turn())


def refusal_of(account, lane=HURRIED):
    with acting(account, lane), pytest.raises(Busy) as busy, turn():
        pass
    return str(busy.value)


def in_a_thread(work):
    """What it returns; a thread acts for nobody until it says so."""
    found = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


def test_an_account_has_one_file_opened_at_a_time():
    with ExitStack() as stack:
        held(stack, 7)

        assert in_a_thread(lambda: refusal_of(7)) == OWN
        assert in_a_thread(lambda: refusal_of(7, PATIENT)) == OWN


def test_a_machine_opens_few_files_at_a_time(settings):
    settings.FILE_PLACES = 1
    with ExitStack() as stack:
        held(stack, 7)

        assert in_a_thread(lambda: refusal_of(8)) == FULL


def test_pages_do_not_wait_for_jobs(settings):
    settings.FILE_PLACES = 1
    with ExitStack() as stack:
        held(stack, 7, PATIENT)
        held(stack, 8)


def test_a_thread_of_every_process_is_left(settings):
    settings.FILE_PLACES = 9
    with ExitStack() as stack:
        for account in range(settings.WEB_THREADS - 1):
            held(stack, account)

        assert in_a_thread(lambda: refusal_of(99)) == FULL


def test_a_place_is_free_again():
    for _ in range(5):
        with ExitStack() as stack:
            held(stack, 7)


HOLDER = """
import sys, tempfile
from pathlib import Path
from django.conf import settings
settings.configure(FILE_PLACES=1, WEB_THREADS=3)
tempfile.tempdir = sys.argv[1]
from apps.quarantine.turns import PAGE, acting, turn
with acting(7, PAGE), turn():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_other_processes_count_and_what_they_held_is_free_when_they_die(own_places, settings):
    settings.FILE_PLACES = 1
    command = [sys.executable, "-c", HOLDER, str(own_places)]
    with subprocess.Popen(
        command, cwd=settings.BASE_DIR, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        told = refusal_of(7), refusal_of(8)
        other.kill()
        other.wait()

    assert told == (OWN, FULL)
    with ExitStack() as stack:
        held(stack, 7)


def test_whoever_waits_is_told_and_gets_the_next_turn(own_places, settings):
    settings.FILE_PLACES = 1
    until = own_places / "until"
    patient = replace(JOB, patience=30.0)
    told, has_its_turn = [], threading.Event()

    def first():
        with acting(1, patient):
            arguments = {"flag": "there", "until": str(until)}
            hear = lambda _said: has_its_turn.set()  # noqa: E731
            return open_files("tests.quarantine.openers:waits", [], arguments, hear=hear)

    thread = threading.Thread(target=first)
    thread.start()
    assert has_its_turn.wait(PATIENCE)

    def waiting():
        told.append(time.monotonic())
        until.touch()

    with acting(2, patient):
        answer = open_files("tests.quarantine.openers:echo", [], {"words": "dann"}, waiting=waiting)
    thread.join()

    assert answer == ["dann"]
    assert told


def test_the_places_of_somebody_else_are_not_trusted(own_places):
    (own_places / f"fenliang-files-{os.getuid()}").symlink_to(own_places / "elsewhere")

    with pytest.raises(OSError, match="symbolic links"), turn():
        pass
