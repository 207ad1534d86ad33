"""Clients that save numbered quantities and report sheets through the product's pages until they are told to stop.

Invariant: a number belongs to one item and one attempt follows the other until it is acknowledged, so whatever was
acknowledged can be looked for afterwards. Run as a program of its own: `python -m tests.drill.clients <plan> <log>`.
"""

import http.client
import json
import random
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any, TextIO
from urllib.parse import urlencode

from tests.drill.places import HOST

PACE = 1.0
"""Seconds between two things that a person does, on average."""
AGAIN = 0.5
"""Seconds until what was not acknowledged is sent again."""
REPORT_EVERY = 20
PATIENCE = 120
FIRST = 10_001
TOKEN = secrets.token_hex(16)


@dataclass(frozen=True)
class Desk:
    """One institution with its session, its filing and the items of its sheet."""

    code: str
    cookie: str
    filing: int
    items: list[int]


@dataclass(frozen=True)
class Told:
    """One attempt: what was answered, when, and how long its sender has been waiting since the first attempt."""

    at: float
    client: int
    kind: str
    filing: int
    number: int
    answer: str
    waited: float
    done: bool


class Client:
    """One person: saves at one desk, reports others between."""

    def __init__(self, number: int, port: int, plan: dict[str, Any], log: "Log") -> None:
        self.number, self.port, self.log = number, port, log
        self.own = Desk(**plan["own"])
        self.others = iter([Desk(**desk) for desk in plan["others"]])
        self.line: http.client.HTTPConnection | None = None

    def work(self, stop: threading.Event) -> None:
        chance = random.Random(self.number)
        for done, number in enumerate(range(len(self.own.items)), 1):
            if stop.wait(chance.uniform(0.5, 1.5) * PACE):
                return
            self._until_told("save", self.own, number)
            if (done + self.number) % REPORT_EVERY == 0 and (desk := next(self.others, None)):
                self._until_told("report", desk, 0)

    def _until_told(self, kind: str, desk: Desk, number: int) -> None:
        begin = time.monotonic()
        while (waited := time.monotonic() - begin) < PATIENCE:
            answer = self._sent(kind, desk, number)
            waited = time.monotonic() - begin
            done = answer == "ok"
            filing = desk.filing
            self.log.add(Told(time.time(), self.number, kind, filing, number, answer, waited, done))
            if done:
                return
            time.sleep(AGAIN)

    def _sent(self, kind: str, desk: Desk, number: int) -> str:
        """`ok` where it was acknowledged."""
        try:
            status, body = self._post(
                desk, *(_save(desk, number) if kind == "save" else _report(desk))
            )
        except (OSError, http.client.HTTPException) as error:
            self._hang_up()
            return type(error).__name__
        if kind == "report":
            return "ok" if status == HTTPStatus.FOUND else str(status)
        if status != HTTPStatus.OK:
            return str(status)
        rows = json.loads(body)["rows"]
        return (
            "ok"
            if [row[:2] for row in rows] == [[desk.items[number], str(FIRST + number)]]
            else "refused"
        )

    def _post(self, desk: Desk, page: str, kind: str, body: str) -> tuple[int, bytes]:
        headers = {
            "Host": "localhost",
            "Cookie": f"{desk.cookie}; csrftoken={TOKEN}",
            "Content-Type": kind,
            "X-CSRFToken": TOKEN,
        }
        self.line = self.line or http.client.HTTPConnection(HOST, self.port, timeout=30)
        self.line.request("POST", f"/demand/{desk.code}/entry/{page}", body=body, headers=headers)
        answer = self.line.getresponse()
        return answer.status, answer.read()

    def _hang_up(self) -> None:
        if self.line:
            self.line.close()
        self.line = None


def _save(desk: Desk, number: int) -> tuple[str, str, str]:
    rows = [[desk.items[number], str(FIRST + number), "", 1, False]]
    return "save/", "application/json", json.dumps({"rows": rows, "settle": []})


def _report(_desk: Desk) -> tuple[str, str, str]:
    body = urlencode({"act": "report", "version": "0", "csrfmiddlewaretoken": TOKEN})
    return "", "application/x-www-form-urlencoded", body


class Log:
    """A line for each attempt, as soon as it is known."""

    def __init__(self, file: TextIO) -> None:
        self.file, self.lock = file, threading.Lock()

    def add(self, told: Told) -> None:
        with self.lock:
            self.file.write(f"{json.dumps(asdict(told))}\n")
            self.file.flush()


def read(log: Path) -> Iterator[Told]:
    """What the clients were told so far."""
    for line in log.read_text("utf-8").splitlines(keepends=True):
        if line.endswith("\n"):
            yield Told(**json.loads(line))


def main(plan: Path, log: Path) -> None:
    planned = json.loads(plan.read_text("utf-8"))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    with log.open("a", encoding="utf-8") as file:
        shared = Log(file)
        clients = [
            Client(number, planned["port"], each, shared)
            for number, each in enumerate(planned["clients"])
        ]
        threads = [threading.Thread(target=client.work, args=(stop,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
