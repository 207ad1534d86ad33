"""One POST to one receiver.

Invariants: connected to the address that was judged, under the name that was asked for; no redirect is followed; it
ends after `WEBHOOK_SECONDS`, however slowly the receiver answers, and no more than `LONGEST_ANSWER` bytes are read.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from functools import cache

from django.conf import settings

from .addresses import AddressRefused, Place, Target, resolved, target_of

LONGEST_ANSWER = 4_096
SHOWN = 200
OK, REDIRECTS, WRONG = 200, 300, 400


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is that of HTTP; without one the receiver wasn't reached, and `words` say why."""

    code: int | None
    words: str

    @property
    def is_taken(self) -> bool:
        return self.code is not None and OK <= self.code < REDIRECTS


def post(url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Never raises for what the receiver does."""
    try:
        target = target_of(url)
        return _posted(target, resolved(target), body, headers)
    except AddressRefused as refusal:
        return Answer(None, str(refusal))
    except ssl.SSLError as error:
        return Answer(None, f"证书或加密连接有问题：{error.reason or error}"[:SHOWN])
    except TimeoutError:
        return Answer(None, f"{settings.WEBHOOK_SECONDS} 秒内没有应答")
    except (OSError, http.client.HTTPException, ValueError) as error:
        return Answer(None, f"连接失败：{error or type(error).__name__}"[:SHOWN])


def _posted(target: Target, place: Place, body: bytes, headers: Mapping[str, str]) -> Answer:
    seconds = settings.WEBHOOK_SECONDS
    line = socket.socket(place.family, socket.SOCK_STREAM)
    line.settimeout(seconds)
    cut = _Cut(line, seconds)
    try:
        line.connect(place.address)
        with closing(http.client.HTTPConnection(target.host, target.port)) as connection:
            connection.sock = _encrypted(line, target, cut)
            connection.request(
                "POST", target.path, body, {"Host": target.netloc, "Connection": "close", **headers}
            )
            answer = connection.getresponse()
            return _answer(answer.status, answer.read(LONGEST_ANSWER))
    except (OSError, http.client.HTTPException, ValueError) as error:
        if cut.is_cut:
            raise TimeoutError from error
        raise
    finally:
        cut.cancel()
        line.close()


def _encrypted(line: socket.socket, target: Target, cut: "_Cut") -> socket.socket:
    if target.scheme == "http":
        return line
    trust = _trust(settings.WEBHOOK_CA_FILE)
    shaken = trust.wrap_socket(line, server_hostname=target.host, do_handshake_on_connect=False)
    cut.line = shaken
    try:
        shaken.do_handshake()
    except OSError:
        shaken.close()
        raise
    return shaken


@cache
def _trust(file: str) -> ssl.SSLContext:
    """The authorities of the machine, or those of a file."""
    return ssl.create_default_context(cafile=file or None)


def _answer(code: int, body: bytes) -> Answer:
    text = body.decode("utf-8", "replace").replace("\x00", "")
    words = "转到别处的应答不跟随" if REDIRECTS <= code < WRONG else " ".join(text.split())
    return Answer(code, words[:SHOWN])


class _Cut(threading.Timer):
    """Ends the line when the time is over: a receiver that sends a byte now and then holds nobody."""

    def __init__(self, line: socket.socket, seconds: float) -> None:
        super().__init__(seconds, self._end)
        self.line = line
        self.is_cut = False
        self.daemon = True
        self.start()

    def _end(self) -> None:
        self.is_cut = True
        try:
            self.line.shutdown(socket.SHUT_RDWR)
        except OSError:
            return
