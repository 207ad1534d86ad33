"""A part of the crowd, in a process of its own without the product: python -m tests.bench.running.crowd < plan.

Each user is a thread that acts, thinks and acts again; what it does next is drawn by weight. Every action is requests
over one connection that stays, as a browser's does. Prints what each action took, and how many cores all that took.
"""

import http.client
import itertools
import json
import random
import sys
import threading
import time
from collections.abc import Iterator
from typing import Any

TOKEN = "0123456789abcdef0123456789abcdef"
FORM = "application/x-www-form-urlencoded"
FINE = frozenset({200, 302})


class Crowd:
    """`plan`: address, weights, seconds and think time; own desks, and those that wait for 上报 and 审核通过."""

    def __init__(self, plan: dict[str, Any]) -> None:
        self.plan = plan
        self.unreported = iter(plan["unreported"])
        self.waiting = iter(plan["waiting"])
        self.reported: list[int] = []
        self.approved: list[int] = []
        self.taken: list[tuple[str, float]] = []
        self.failed: list[str] = []
        self.kinds, self.weights = zip(*plan["weights"].items(), strict=True)

    def run(self) -> dict[str, Any]:
        begin, worked = time.perf_counter(), time.process_time()
        counted_from = begin + self.plan["warm"]
        until = counted_from + self.plan["seconds"]
        users = [
            threading.Thread(target=self._live, args=(User(self, desk), counted_from, until))
            for desk in self.plan["desks"]
        ]
        for user in users:
            user.start()
        for user in users:
            user.join()
        spent = time.process_time() - worked
        return {
            "taken": self.taken,
            "failed": self.failed,
            "reported": self.reported,
            "approved": self.approved,
            "cores": spent / (time.perf_counter() - begin),
        }

    def _live(self, user: "User", counted_from: float, until: float) -> None:
        think = self.plan["think"]
        time.sleep(random.uniform(0, think))
        while (begin := time.perf_counter()) < until:
            kind = random.choices(self.kinds, self.weights)[0]
            try:
                fine = user.act(kind)
            except (OSError, http.client.HTTPException) as error:
                fine = f"{kind}: {error!r}"
                user.line.close()
            if begin >= counted_from:
                self.taken.append((kind, time.perf_counter() - begin))
                self.failed.extend([fine] if fine else [])
            time.sleep(random.uniform(0.5, 1.5) * think)


class User:
    def __init__(self, crowd: Crowd, desk: dict[str, Any]) -> None:
        self.crowd, self.desk, self.plan = crowd, desk, crowd.plan
        self.rows = itertools.count(crowd.plan["first_row"])
        self.line = http.client.HTTPConnection(self.plan["host"], self.plan["port"], timeout=60)

    def act(self, kind: str) -> str:
        """What went wrong; empty if nothing did."""
        for cookie, method, path, body, form in getattr(self, kind)():
            headers = {"Cookie": f"{cookie}; csrftoken={TOKEN}", "X-CSRFToken": TOKEN}
            if method == "POST":
                headers["Content-Type"] = form
            self.line.request(method, path, body=body or None, headers=headers)
            answer = self.line.getresponse()
            content = answer.read()
            if answer.status not in FINE:
                return f"{kind}: {answer.status} {path} {content[:200]!r}"
            if kind == "save" and json.loads(content)["conflicts"]:
                return f"{kind}: in conflict"
        return ""

    def _get(self, path: str, cookie: str = "") -> tuple[str, str, str, str, str]:
        return cookie or self.desk["cookie"], "GET", path, "", ""

    def _entry(self) -> str:
        return f"/demand/{self.plan['code']}/entry/"

    def save(self) -> Iterator[tuple[str, ...]]:
        items, row = self.plan["items"], next(self.rows)
        version = 1 + row // len(items)
        rows = [[items[row % len(items)], str(901 + row % 250 + version), "", version, False]]
        body = json.dumps({"rows": rows, "settle": []})
        yield self.desk["cookie"], "POST", f"{self._entry()}save/", body, "application/json"

    def sheet(self) -> Iterator[tuple[str, ...]]:
        yield self._get(self._entry())
        yield self._get(f"{self._entry()}rows/")

    def home(self) -> Iterator[tuple[str, ...]]:
        yield self._get("/")

    def export(self) -> Iterator[tuple[str, ...]]:
        yield self._get(f"/demand/{self.plan['code']}/results/export/")

    def report(self) -> Iterator[tuple[str, ...]]:
        desk = next(self.crowd.unreported, None)
        if desk is None:
            raise OSError("no sheet is left that nobody has reported")
        body = f"act=report&version=0&csrfmiddlewaretoken={TOKEN}"
        self.crowd.reported.append(desk["filing"])
        yield desk["cookie"], "POST", self._entry(), body, FORM

    def list(self) -> Iterator[tuple[str, ...]]:
        yield self._get(f"/review/{self.plan['code']}/", self._reviewer())

    def approve(self) -> Iterator[tuple[str, ...]]:
        """It is read, then approved."""
        filing, cookie = next(self.crowd.waiting, None), self._reviewer()
        if filing is None:
            raise OSError("nothing is left that waits")
        page = f"/review/{self.plan['code']}/filings/{filing}/"
        ticks = "".join(f"&{name}=on" for name in self.plan["ticks"])
        self.crowd.approved.append(filing)
        yield self._get(page, cookie)
        body = f"version=1&csrfmiddlewaretoken={TOKEN}{ticks}"
        yield cookie, "POST", f"{page}approve/", body, FORM

    def _reviewer(self) -> str:
        return random.choice(self.plan["reviewers"])


if __name__ == "__main__":
    json.dump(Crowd(json.load(sys.stdin)).run(), sys.stdout)
