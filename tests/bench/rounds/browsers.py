"""People who type a row each second, and others who act by turns: all at once, staggered, each on a line of his own."""

import http.client
import json
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any, Protocol

from .reporting import Reporter
from .server import HOST

JSON = {"Content-Type": "application/json"}


class Acting(Protocol):
    """`act` does one thing and says how long it took."""

    line: http.client.HTTPConnection

    def act(self) -> float: ...


class Browser:
    """Types one row after the other, each once."""

    def __init__(self, port: int, desk: Reporter) -> None:
        self.line, self._desk, self._number = http.client.HTTPConnection(HOST, port), desk, 0
        token = secrets.token_hex(16)
        self._headers = JSON | {"Cookie": f"{desk.cookie}; csrftoken={token}", "X-CSRFToken": token}

    def act(self) -> float:
        rows = [[self._desk.items[self._number], str(901 + self._number), "", 1, False]]
        self._number += 1
        body = json.dumps({"rows": rows, "settle": []})
        url = f"/demand/{self._desk.code}/entry/save/"
        seconds, answer = posted(self.line, url, body, self._headers)
        if answer["conflicts"]:
            raise RuntimeError(f"not saved: {answer}")
        return seconds


def at_work(crowd: Sequence[Acting], pause: float, meanwhile: Callable[[], object]) -> list[float]:
    """Each acts, waits and acts again, staggered, until `meanwhile` is over; how long every act took.

    Raises what one of them raises.
    """
    over, taken, failed = threading.Event(), list[float](), list[Exception]()

    def work(place: int, one: Acting) -> None:
        one.line.close()  # after a rest, as the server did
        over.wait(place * pause / len(crowd))
        try:
            while not over.is_set():
                taken.append(one.act())
                over.wait(pause)
        except (OSError, RuntimeError) as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(place, one)) for place, one in enumerate(crowd)]
    for thread in threads:
        thread.start()
    try:
        meanwhile()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    if failed:
        raise failed[0]
    return taken


def posted(
    line: http.client.HTTPConnection, url: str, body: str, headers: dict[str, str]
) -> tuple[float, Any]:
    """How long it took, and the answer. Raises `RuntimeError` for one that is not 200."""
    begin = time.perf_counter()
    line.request("POST", url, body=body, headers=headers)
    answer = line.getresponse()
    content = answer.read()
    seconds = time.perf_counter() - begin
    if answer.status != HTTPStatus.OK:
        raise RuntimeError(f"{url}: {answer.status} {content[:300]!r}")
    return seconds, json.loads(content)
