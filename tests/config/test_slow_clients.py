"""Slow clients against gunicorn as it is configured: they keep no thread, and what is whole is answered meanwhile."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager

import pytest
from django.conf import settings

from config.health import healthz
from tests.config.slow_app import SLEEP

READ_SECONDS = 2
HALF_HEAD = b"GET / HTTP/1.1\r\nHost: slow\r\nX-Half: "
WHOLE = b"GET / HTTP/1.1\r\nHost: quick\r\n\r\n"


def free_port():
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def gunicorn_port(tmp_path_factory):
    """One process with three threads, as a fourth of what a server has."""
    port = free_port()
    figures = tmp_path_factory.mktemp("figures")
    environment = {
        **os.environ,
        "PORT": str(port),
        "WEB_WORKERS": "1",
        "READ_SECONDS": str(READ_SECONDS),
        "PROMETHEUS_MULTIPROC_DIR": str(figures),
        "LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
    server = subprocess.Popen(
        [*command, "tests.config.slow_app:application"], cwd=settings.BASE_DIR, env=environment
    )
    try:
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            with closing(socket.socket()) as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def connected(port, sent=b""):
    client = socket.create_connection(("127.0.0.1", port), timeout=20)
    client.sendall(sent)
    return client


@contextmanager
def many(port, sent, count=40):
    clients = [connected(port, sent) for _ in range(count)]
    try:
        yield clients
    finally:
        for client in clients:
            client.close()


def answer_to(client):
    """Status and body of one answer; `None` for a connection that was closed."""
    with client.makefile("rb") as answer:
        status = answer.readline().split()[1:2]
        if not status:
            return None
        length = 0
        while line := answer.readline().strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        return status[0], answer.read(length)


def seconds_for_a_request(port):
    began = time.monotonic()
    with closing(connected(port, WHOLE)) as client:
        assert answer_to(client) == (b"200", b"0")
    return time.monotonic() - began


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"G",
        HALF_HEAD,
        b"POST / HTTP/1.1\r\nHost: slow\r\nContent-Length: 1000\r\n\r\nhalf",
        b"POST / HTTP/1.1\r\nHost: slow\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhal",
        b"POST / HTTP/1.1\r\nHost: slow\r\nContent-Length: 9000000\r\n\r\nhalf",
        WHOLE + HALF_HEAD,
    ],
    ids=["nothing", "a_letter", "half_headers", "half_body", "chunked", "long_body", "second_half"],
)
def test_half_sent_requests_stop_nobody(gunicorn_port, sent):
    with many(gunicorn_port, sent):
        time.sleep(0.2)
        assert max(seconds_for_a_request(gunicorn_port) for _ in range(5)) < READ_SECONDS - 0.3


def test_a_request_that_does_not_come_is_hung_up_on(gunicorn_port):
    with closing(connected(gunicorn_port, HALF_HEAD)) as client:
        began = time.monotonic()
        assert client.recv(100) == b""
        assert READ_SECONDS - 0.5 < time.monotonic() - began < READ_SECONDS + 3


def test_headers_a_letter_at_a_time_get_no_more_time(gunicorn_port):
    with closing(connected(gunicorn_port, HALF_HEAD)) as client:
        began = time.monotonic()
        with contextlib.suppress(OSError):
            while time.monotonic() < began + READ_SECONDS + 5:
                client.sendall(b"x")
                time.sleep(0.2)
        assert time.monotonic() - began < READ_SECONDS + 3


def test_of_unfinished_requests_from_one_address_only_so_many_are_kept(gunicorn_port):
    with many(gunicorn_port, HALF_HEAD, count=60) as clients:
        time.sleep(0.5)
        clients[0].settimeout(1)  # well before all of them are hung up on
        assert clients[0].recv(1) == b""
        clients[-1].settimeout(0.2)
        with pytest.raises(TimeoutError):
            clients[-1].recv(1)


def test_bodies_arrive_whole_however_they_are_sent(gunicorn_port):
    long = b"x" * 3_000_000
    head = b"POST / HTTP/1.1\r\nHost: quick\r\nContent-Length: %d\r\n\r\n"
    chunked = b"POST / HTTP/1.1\r\nHost: quick\r\nTransfer-Encoding: chunked\r\n\r\n"
    for sent, length in [
        (head % 4 + b"half", 4),
        (head % len(long) + long, len(long)),
        (chunked + b"4\r\nhalf\r\n0\r\n\r\n", 4),
    ]:
        with closing(connected(gunicorn_port, sent)) as client:
            assert answer_to(client) == (b"200", str(length).encode())


def test_a_body_in_pieces_and_two_requests_on_one_connection(gunicorn_port):
    with closing(connected(gunicorn_port)) as client:
        for piece in (b"POST / HTTP/1.1\r\nHost: q", b"uick\r\nContent-Length: 6\r\n\r\nab", b"cd"):
            client.sendall(piece)
            time.sleep(0.1)
        client.sendall(b"ef")
        assert answer_to(client) == (b"200", b"6")
        client.sendall(WHOLE + WHOLE)
        assert answer_to(client)[0] == b"200"


HEALTH = b"GET /healthz HTTP/1.1\r\nHost: quick\r\n"


def test_whether_it_lives_is_said_while_every_thread_is_at_work(gunicorn_port):
    with many(gunicorn_port, b"GET /sleep HTTP/1.1\r\nHost: busy\r\n\r\n", count=6) as busy:
        time.sleep(0.3)
        for _ in range(5):
            began = time.monotonic()
            with closing(connected(gunicorn_port, HEALTH + b"\r\n")) as client:
                assert answer_to(client) == (b"200", healthz(None).content)
            assert time.monotonic() - began < SLEEP - 0.5  # or it would have waited for them
        assert [answer_to(client) for client in busy] == [(b"200", b"0")] * 6


def test_through_a_proxy_the_application_says_it(gunicorn_port):
    sent = HEALTH + b"Accept: */*\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n"
    with closing(connected(gunicorn_port, sent)) as client:
        assert answer_to(client) == (b"200", b"0")
