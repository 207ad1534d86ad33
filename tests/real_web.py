"""A real web server beside a test, as production starts it, on the test's database; it dies when a test says so."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.waiting import PATIENCE, wait_until

HOST, TOKEN = "127.0.0.1", "0123456789abcdef" * 2
COMMAND = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]


class Web:
    """A master and one process that serves, in a group of their own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port: int = probe.getsockname()[1]
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
            "TEST_DATABASE": str(connection.settings_dict["NAME"]),
            "MEDIA_ROOT": str(settings.MEDIA_ROOT),
            "AUDIT_DIR": str(settings.AUDIT_DIR),
            "SECRET_KEY": settings.SECRET_KEY,
            "DRAIN_FILE": str(folder / "draining"),
            "BIND": f"{HOST}:{self.port}",
            "WEB_WORKERS": "1",
            "LOG_LEVEL": "WARNING",
        }
        self.process = subprocess.Popen(
            COMMAND, env=environment, cwd=settings.BASE_DIR, start_new_session=True
        )

    def is_ready(self) -> bool:
        try:
            return self._answered("GET", "/readyz") == http.HTTPStatus.OK
        except OSError:
            return False

    def posting(
        self, client: Client, url: str, form: Mapping[str, Any]
    ) -> tuple[Thread, list[Any]]:
        """The form on its way, by who is signed in there; the list gets the status, or how the line broke."""
        came: list[Any] = []
        headers = {
            "Content-Type": MULTIPART_CONTENT,
            "Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={TOKEN}",
            "X-CSRFToken": TOKEN,
        }
        body = encode_multipart(BOUNDARY, form)

        def post() -> None:
            try:
                came.append(self._answered("POST", url, body, headers))
            except (OSError, http.client.HTTPException) as broken:
                came.append(broken)

        thread = Thread(target=post)
        thread.start()
        return thread, came

    def posted(self, client: Client, url: str, form: Mapping[str, Any]) -> Any:
        thread, came = self.posting(client, url, form)
        thread.join()
        return came[0]

    def _answered(self, method: str, url: str, body: Any = None, headers: Any = None) -> int:
        line = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            line.request(method, url, body=body, headers=headers or {})
            return line.getresponse().status
        finally:
            line.close()

    def kill(self) -> None:
        """All of it at once, as when the power goes."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def web(tmp_path: Path) -> Callable[[], AbstractContextManager[Web]]:
    """`with web() as server:`, once or again."""
    return partial(served, tmp_path)


@contextmanager
def served(folder: Path) -> Iterator[Web]:
    """One that answers; none outlives the block."""
    server = Web(folder)
    try:
        wait_until(server.is_ready, lambda: f"no answer; ended: {server.process.poll()}")
        yield server
    finally:
        server.kill()
