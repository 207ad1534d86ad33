"""A line to the database that a test can cut, as a failing machine or a pooler that goes away does.

Bytes go through as they are; `refuse` turns newcomers away, `cut` ends every connection, `cut_at` ends one when these
bytes come by (before or behind them).
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

PIECE = 65536


class Line:
    """Listens on `port` and passes on to the server at `target`, the path of a socket or host and port."""

    def __init__(self, target: str | tuple[str, int]) -> None:
        self.target = target
        self.refuses = False
        self.last_word: bytes | None = None
        self.passes_it_on = False
        self._open: list[socket.socket] = []
        self._muted: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._listen, daemon=True).start()

    def cut_at(self, words: bytes, *, passes_it_on: bool) -> None:
        """End the connection on which the client says this; the server hears it or doesn't."""
        self.last_word, self.passes_it_on = words, passes_it_on

    def cut(self) -> None:
        while self._open:
            _end(self._open.pop())

    def go_away(self) -> None:
        self.refuses = True
        self.cut()

    def come_back(self) -> None:
        self.refuses = False

    def close(self) -> None:
        self._listener.close()
        self.cut()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                if self.refuses:
                    _end(client)
                    continue
                kind = socket.AF_UNIX if isinstance(self.target, str) else socket.AF_INET
                server = socket.socket(kind, socket.SOCK_STREAM)
                server.connect(self.target)
                self._open += [client, server]
                for ends in ((client, server, True), (server, client, False)):
                    threading.Thread(target=self._pass_on, args=ends, daemon=True).start()

    def _pass_on(self, come: socket.socket, go: socket.socket, is_client: bool) -> None:
        with contextlib.suppress(OSError):
            while piece := come.recv(PIECE):
                if come in self._muted:
                    break
                if is_client and self.last_word is not None and self.last_word in piece:
                    self.last_word = None
                    if not self.passes_it_on:
                        break
                    self._muted.add(go)  # what it answers nobody hears
                go.sendall(piece)
        _end(come)
        _end(go)


def _end(side: socket.socket) -> None:
    with contextlib.suppress(OSError):
        side.shutdown(socket.SHUT_RDWR)
    side.close()


@contextlib.contextmanager
def line_to(connection: Any) -> Iterator[Line]:
    """A line to the server of Django's connection."""
    at = connection.get_connection_params()
    host, port = at["host"], int(at.get("port") or 5432)
    line = Line(f"{host}/.s.PGSQL.{port}" if host.startswith("/") else (host, port))
    try:
        yield line
    finally:
        line.close()
