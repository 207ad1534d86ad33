"""Twenty programs that send 250 rows beside twenty browsers that save: what browsers wait for, with and without.

A browser saves one row a second, as somebody types; a program sends all of its sheet every ten seconds, staggered. All
of them are institutions of one round. Server and clients share this machine, so the ratio counts, not the figures.
"""

import http.client
import itertools
import json
import secrets
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from statistics import median

from django.core.management import call_command

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.domain.tokens.acts import create_token
from apps.accounts.models import User
from apps.projects.models import CatalogItem
from apps.review.models import Filing
from apps.scope.context import enter, whole_country
from tests.bench.measurement import Measurement, median_ratio, p95
from tests.bench.rounds.browsers import JSON, Browser, at_work, posted
from tests.bench.rounds.reporting import Reporter, demand_round
from tests.bench.rounds.server import HOST, served

EACH, ROWS = 20, 250
TURNS, SECONDS, TYPING, SENDING = 3, 20, 1.0, 10.0
"""How often with and without, how long each; the pauses of a browser and of a program."""


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with whole_country(reason="bench"):
        desks = demand_round(f"BENCH-{secrets.token_hex(4)}", 2, clients=EACH, items_each=ROWS)
        tokens = [_token(desk) for desk in desks[EACH:]]
        codes = list(
            CatalogItem.objects.filter(project__code=desks[0].code)
            .order_by("pk")
            .values_list("item_code", flat=True)
        )
    with served() as port:
        browsers = [Browser(port, desk) for desk in desks[:EACH]]
        programs = [_Program(port, desks[0].code, token, codes) for token in tokens]
        _beside(browsers, programs, SECONDS / 2, [])  # warm
        sent: list[float] = []
        turns = [
            (
                at_work(browsers, TYPING, partial(time.sleep, SECONDS)),
                _beside(browsers, programs, SECONDS, sent),
            )
            for _ in range(TURNS)
        ]
    yield from _told(turns, sent)


def _beside(
    browsers: "Sequence[Browser]",
    programs: "Sequence[_Program]",
    seconds: float,
    sent: list[float],
) -> list[float]:
    """What browsers wait for while programs send; what these wait for is added to `sent`."""
    resting = partial(time.sleep, seconds)
    with ThreadPoolExecutor(1) as pool:
        sending = pool.submit(at_work, programs, SENDING, resting)
        beside = at_work(browsers, TYPING, resting)
        sent += sending.result()
    return beside


def _token(desk: Reporter) -> str:
    filing = Filing.objects.get(pk=desk.filing)
    account = User.objects.filter(organization_id=filing.organization_id).earliest("pk")
    with enter(scope_of(account)):
        _kept, secret = create_token(
            by=replace(Actor.of(account), proved=True),
            name="HIS",
            rights=["query", "maintain"],
            project_ids=None,
            networks=[],
            days=1,
        )
    return secret


def _told(
    turns: Sequence[tuple[list[float], list[float]]], sent: Sequence[float]
) -> Iterator[Measurement]:
    alone, beside = (list(itertools.chain.from_iterable(part)) for part in zip(*turns, strict=True))
    detail = f"{EACH} browsers, a row each {TYPING:g} s, {TURNS} × {SECONDS} s"
    with_programs = f"{detail}; {EACH} programs, {ROWS} rows each {SENDING:g} s: {len(sent)} sent"
    ratio = median_ratio([(p95(before), p95(after)) for before, after in turns])
    yield Measurement("api_browsers_alone_p95", p95(alone) * 1_000, "ms", detail)
    yield Measurement("api_browsers_beside_p95", p95(beside) * 1_000, "ms", with_programs)
    yield Measurement("api_browsers_alone_p50", median(alone) * 1_000, "ms", detail)
    yield Measurement("api_browsers_beside_p50", median(beside) * 1_000, "ms", with_programs)
    yield Measurement("api_browsers_ratio", ratio, "×", f"of p95, median of {TURNS} turns")
    yield Measurement("api_rows_p50", median(sent) * 1_000, "ms", f"one request of {ROWS} rows")


class _Program:
    """Sends all of its sheet, each time with other quantities and the versions of the last answer."""

    def __init__(self, port: int, code: str, token: str, codes: Sequence[str]) -> None:
        self.line, self._url = (
            http.client.HTTPConnection(HOST, port),
            f"/api/v1/projects/{code}/lines",
        )
        self._headers = JSON | {"Authorization": f"Bearer {token}"}
        self._versions, self._times = dict.fromkeys(codes, 1), 0

    def act(self) -> float:
        self._times += 1
        rows = [
            {"item": item, "planned": 900 + self._times, "version": version}
            for item, version in self._versions.items()
        ]
        body = json.dumps({"rows": rows})
        self.line.close()  # the server did so long ago, while nothing came
        seconds, answer = posted(self.line, self._url, body, self._headers)
        if answer["saved"] != len(rows):
            raise RuntimeError(f"not saved: {answer['conflicts']} in conflict")
        self._versions = {row["item"]: row["version"] for row in answer["rows"]}
        return seconds
