"""A real receiver of webhooks on this machine: what it was sent, and how it answers."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """One request."""

    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """`answers`: the codes of the next requests, 200 afterwards. `drip`: seconds between the bytes of an answer."""

    url: str = ""
    received: list[Received] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    said: bytes = b"ok"
    drip: float = 0
    asked_for: str | None = None
    """The name in the TLS handshake."""

    @property
    def ids(self) -> list[str]:
        return [each.headers["X-Fenliang-Id"] for each in self.received]


def handler_of(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.received.append(Received(dict(self.headers), body))
            code = receiver.answers.pop(0) if receiver.answers else 200
            self.send_response(code)
            if code in {301, 302, 307}:
                self.send_header("Location", receiver.url)
            self.send_header("Content-Length", str(len(receiver.said)))
            self.end_headers()
            for byte in receiver.said:
                time.sleep(receiver.drip)
                try:
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                except OSError:
                    return

        def log_message(self, *_: Any) -> None:
            """Nothing: the tests read `received`."""

    return Handler


@contextmanager
def receiving(context: ssl.SSLContext | None = None, name: str = "127.0.0.1") -> Iterator[Receiver]:
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(receiver))
    if context:

        def asked(_line: Any, host: str, _context: Any) -> None:
            receiver.asked_for = host

        context.sni_callback = asked
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.url = f"{'https' if context else 'http'}://{name}:{server.server_port}/events"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])
