"""The warm server of this process, kept until the process ends.

Invariant: nothing of this process reaches the server but the descriptors of one order: no environment, no connection.
"""

import atexit
import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from django.conf import settings

ENDS_WITHIN = 5  # seconds after its line has ended


class Warm:
    """Starts the server when an order is there, and anew when it has ended."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._line: socket.socket | None = None
        self._server: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def send(self, order: dict[str, Any], files: Sequence[int]) -> None:
        """Hand over an order with its descriptors."""
        content = json.dumps(order).encode()
        with self._turn:
            for line in (self._kept(), None):
                try:
                    socket.send_fds(line or self._started(), [content], list(files))
                except OSError:  # it had ended, perhaps for want of files
                    if line is None:
                        raise
                else:
                    return

    def end(self) -> None:
        """Let go of the server; it ends by itself."""
        line, server, owner = self._line, self._server, self._owner
        self._line = self._server = None
        if owner != os.getpid():
            return  # a fork of whoever started it
        if line is not None:
            line.close()
        if server is not None:
            with suppress(subprocess.TimeoutExpired):
                server.wait(ENDS_WITHIN)

    def _kept(self) -> socket.socket:
        """The line to a server that may have ended."""
        if self._line is None or self._server is None or self._owner != os.getpid():
            return self._started()
        if self._server.poll() is not None:
            return self._started()
        return self._line

    def _started(self) -> socket.socket:
        self.end()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "apps.quarantine.server", str(theirs.fileno())]
        with theirs:
            self._server = subprocess.Popen(  # noqa: S603 - nothing of the file is in it
                [*command, settings.TIME_ZONE],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                cwd=settings.BASE_DIR,
                env=_environment(),
            )
        self._line, self._owner = ours, os.getpid()
        return ours


def _environment() -> dict[str, str]:
    """What Python needs to start, and nothing of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "LANG") if name in os.environ}
    return {**kept, "PYTHONDONTWRITEBYTECODE": "1"}


WARM = Warm()
atexit.register(WARM.end)
