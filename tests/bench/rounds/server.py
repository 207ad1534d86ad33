"""The product as it is served: gunicorn with its own configuration, on a free port of this machine."""

import http.client
import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection

from bin import processes
from tests.bench.owning import owning

HOST = "127.0.0.1"


@contextmanager
def served(
    seconds: float = 60, *, config: str = "config/gunicorn.py", **changed: str
) -> Iterator[int]:
    """Yields the port once the server answers; what stands in the database by then is known to its planner.

    `changed` are variables of its environment. Raises `TimeoutError`.
    """
    with owning(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # as a server that has run for a minute has done by itself
    port = _free_port()
    environment = {
        **os.environ,
        "SECRET_KEY": settings.SECRET_KEY,
        "BIND": f"{HOST}:{port}",
        "LOG_LEVEL": "WARNING",
        "DEBUG": "false",
        **changed,
    }
    child = processes.start([sys.executable, "-m", "gunicorn", "--config", config], environment)
    try:
        _await(port, time.monotonic() + seconds)
        yield port
    finally:
        processes.stop([child])


def _await(port: int, give_up: float) -> None:
    while time.monotonic() < give_up:
        if _is_ready(port):
            return
        time.sleep(0.1)
    raise TimeoutError("the server did not start")


def _is_ready(port: int) -> bool:
    line = http.client.HTTPConnection(HOST, port)
    try:
        line.request("GET", "/readyz")
        return line.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        line.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port
