"""gunicorn's threaded worker, not to be stopped by clients that send slowly or not at all.

Invariant: no thread is given a connection before its request is there: the headers, and a body of up to `WHOLE_BODY`
bytes. Until then the connection waits beside the threads, costs its buffer, and is closed when its time is up. What a
thread reads itself (longer or chunked bodies) has to keep a pace and never takes the last thread. Whether the process
lives is answered beside the threads as well, to who asks it straight: a proxy's question goes the way of all.
"""

import contextlib
import os
import re
import selectors
import socket
import time
from collections import deque
from functools import partial
from typing import Any

from gunicorn import http  # type: ignore[import-untyped]
from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

READ_SECONDS = float(os.environ.get("READ_SECONDS", "10"))
"""For the headers of a request and its first bytes, counted from when the connection opened or was last answered."""
SLOWEST = 32 * 1024
"""Bytes of a body that have to arrive in each second, on average."""
SEND_SECONDS = 120
"""For one piece of an answer."""
WHOLE_BODY = 1024 * 1024
LONGEST_HEAD = 64 * 1024
"""More than gunicorn accepts: it then says so itself."""
MOST_WAITING_OF_ONE = 50
"""Unfinished requests from one address in one process; of more the oldest is closed. A proxy of ours has none."""
PIECE = 64 * 1024

END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"^content-length:[ \t]*(\d{1,12})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
ALIVE = re.compile(rb"GET /healthz HTTP/1\.[01]\r\n(?!(?:.*\r\n)*x-forwarded-for:)", re.IGNORECASE)
LIVES = b'{"status": "ok"}'
"""As `config.health.healthz` says it."""
LIVING = b"\r\n".join(
    (
        b"HTTP/1.1 200 OK",
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(LIVES),
        b"Cache-Control: no-store",
        b"X-Content-Type-Options: nosniff",
        b"Connection: close",
        b"",
        LIVES,
    )
)
READ_BY_THREAD = re.compile(rb"^(transfer-encoding|expect):", re.IGNORECASE | re.MULTILINE)


class PacedSocket:
    """What the parser of a request reads from when more is to come than was waited for."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.begin()

    def begin(self) -> None:
        """With each request; its time begins when it is first read from."""
        self._end, self._received = 0.0, 0

    def recv(self, size: int) -> bytes:
        """Raises `TimeoutError` when the client falls behind the pace."""
        now = time.monotonic()
        self._end = self._end or now + READ_SECONDS
        left = self._end + self._received / SLOWEST - now
        self._sock.settimeout(max(0.001, min(READ_SECONDS, left)))
        try:
            data = self._sock.recv(size)
        finally:
            self._sock.settimeout(SEND_SECONDS)
        self._received += len(data)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class PatientConnection(TConn):
    """A connection with what has arrived of its next request."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.parser: Any
        self.arrived = bytearray()
        self.is_paced = False

    @property
    def peer(self) -> Any:
        return self.client[0] if isinstance(self.client, tuple) else self.client

    def init(self) -> None:
        """Called in the thread, when the socket blocks: but not for ever."""
        super().init()
        self.sock.settimeout(SEND_SECONDS)

    def is_whole(self) -> bool:
        return self._lacking() <= 0

    def _lacking(self) -> int:
        end = self.arrived.find(END_OF_HEAD)
        if end < 0:
            return LONGEST_HEAD - len(self.arrived)
        head = bytes(self.arrived[: end + 2])
        told = LENGTH.search(head)
        length = int(told[1]) if told else 0
        lacking = end + len(END_OF_HEAD) + length - len(self.arrived)
        self.is_paced = bool(READ_BY_THREAD.search(head)) or (length > WHOLE_BODY and lacking > 0)
        return 0 if self.is_paced else lacking

    def may_go_on(self, now: float) -> bool:
        """Whether there is time left, more of it for a body that comes at the pace."""
        end: float = self.timeout + len(self.arrived) / SLOWEST
        return now < end

    def take_back(self) -> None:
        """What was read ahead of the last request belongs to the next one."""
        if self.parser is not None:
            self.arrived += self.parser.unreader.take_buffered()

    def hand_over(self) -> None:
        """To the parser, which reads on from the socket if there is more."""
        if self.parser is None:
            self.parser = http.get_parser(self.cfg, PacedSocket(self.sock), self.client)
        self.parser.unreader.sock.begin()
        self.parser.unreader.unread(bytes(self.arrived))
        self.arrived.clear()
        self.initialized = self.data_ready = True


class PatientWorker(ThreadWorker):
    """`pending_conns` wait for the rest of their request, `paced_conns` for a thread that reads it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paced_conns: deque[PatientConnection] = deque()
        self.paced_now = 0

    def accept(self, listener: socket.socket) -> None:
        try:
            client, address = listener.accept()
        except OSError as refusal:
            if not isinstance(refusal, BlockingIOError | ConnectionAbortedError):
                raise
            return
        self.nr_conns += 1
        self.enqueue_req(PatientConnection(self.cfg, client, address, listener.getsockname()))

    def enqueue_req(self, conn: PatientConnection) -> None:
        """To a thread if the request is there, else to those that wait."""
        conn.take_back()
        if conn.is_whole():
            self._hand_over(conn)
            return
        conn.sock.settimeout(0)
        conn.timeout = time.monotonic() + READ_SECONDS
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._arrives, conn))
        waiting = [other for other in self.pending_conns if other.peer == conn.peer]
        if len(waiting) > MOST_WAITING_OF_ONE:
            self._drop(waiting[0])

    def _arrives(self, conn: PatientConnection, client: socket.socket) -> None:
        try:
            data = client.recv(PIECE)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            data = b""
        conn.arrived += data
        if not data:
            self._drop(conn)
        elif conn.is_whole():
            self._forget(conn)
            self._hand_over(conn)

    def _hand_over(self, conn: PatientConnection) -> None:
        """One thread stays free of those that are read at their own pace."""
        if ALIVE.match(conn.arrived):
            self._say_alive(conn)
            return
        if conn.is_paced:
            if self.paced_now >= max(1, self.cfg.threads - 1):
                self.paced_conns.append(conn)
                return
            self.paced_now += 1
        conn.hand_over()
        super().enqueue_req(conn)

    def _say_alive(self, conn: PatientConnection) -> None:
        """A few bytes, which fit into the socket's buffer: nobody is waited for."""
        with contextlib.suppress(OSError):
            conn.sock.settimeout(0)
            conn.sock.send(LIVING)
        self.nr_conns -= 1
        conn.close()

    def finish_request(self, conn: PatientConnection, fs: Any) -> None:
        was_paced, conn.is_paced = conn.is_paced, False
        super().finish_request(conn, fs)
        if was_paced:
            self.paced_now -= 1
            if self.paced_conns:
                self._hand_over(self.paced_conns.popleft())

    def murder_pending(self) -> None:
        now = time.monotonic()
        for conn in [conn for conn in self.pending_conns if not conn.may_go_on(now)]:
            self._drop(conn)

    def _drop(self, conn: PatientConnection) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _forget(self, conn: PatientConnection) -> None:
        self.pending_conns.remove(conn)
        self.poller.unregister(conn.sock)
