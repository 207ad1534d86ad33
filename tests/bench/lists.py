"""50 of 46,000 direct reports on a review list, its bureau's home, the visitors' page: in process and over HTTP.

The baseline is a view of the same server that does nothing: `/healthz`. Server and client share this machine.
"""

import http.client
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from statistics import median

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.scope.context import whole_country
from tests.bench.measurement import Measurement, p95, scaled
from tests.bench.rounds import direct
from tests.bench.rounds.server import HOST, served

INSTITUTIONS, SHOWN = scaled(46_000, least=100), 50
HOME, BARE = "/", "/healthz"
# `landing` is where a signed-in account lands, `welcome` the same address for visitors.
SAMPLES, CLIENTS, SECONDS, WARM_UP = 60, 8, 5.0, 8
Get = Callable[[], None]


def measure() -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        held = direct("BENCH-L", INSTITUTIONS)
    page = f"/review/{held.project.code}/?per_page={SHOWN}"
    call_command("collectstatic", interactive=False, verbosity=0)
    client = Client(HTTP_HOST="localhost")
    client.force_login(held.reviewer)
    yield from _in_process(client, page)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    with served() as port:
        yield from _over_http(port, page, cookie)


def _in_process(client: Client, page: str) -> Iterator[Measurement]:
    detail = f"{SHOWN} of {INSTITUTIONS:,} direct reports, in this process"
    _got(client, page)  # the first visit also opens the session
    with CaptureQueriesContext(connection) as captured:
        _got(client, page)
    yield Measurement("list_statements", len(captured), "statements", detail)
    yield from _spread("list", _sampled(lambda: _got(client, page)), detail)
    yield from _spread(
        "bare", _sampled(lambda: _got(client, BARE)), "the bare view, in this process"
    )


def _over_http(port: int, page: str, cookie: str) -> Iterator[Measurement]:
    for name, path, sent in (
        ("list_http", page, cookie),
        ("landing_http", HOME, cookie),
        ("welcome_http", HOME, ""),
        ("bare_http", BARE, ""),
    ):
        visitor = http.client.HTTPConnection(HOST, port)
        yield from _spread(
            name, _sampled(lambda v=visitor, p=path, s=sent: _fetch(v, p, s)), f"{path}, one client"
        )
        visitor.close()
    _rate(port, page, cookie)  # every thread of the server is warm
    for name, path, sent in (
        ("list_rate", page, cookie),
        ("landing_rate", HOME, cookie),
        ("welcome_rate", HOME, ""),
        ("bare_rate", BARE, ""),
    ):
        rate = _rate(port, path, sent)
        yield Measurement(name, rate, "requests/s", f"{path}, {CLIENTS} clients")


def _got(client: Client, path: str) -> None:
    answer = client.get(path)
    if answer.status_code != http.HTTPStatus.OK:
        raise RuntimeError(f"{path}: {answer.status_code}")


def _fetch(visitor: http.client.HTTPConnection, path: str, cookie: str = "") -> None:
    visitor.request("GET", path, headers={"Cookie": cookie} if cookie else {})
    answer = visitor.getresponse()
    answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"{path}: {answer.status}")


def _sampled(get: Get) -> list[float]:
    """Milliseconds of each of many requests, one after the other."""
    for _ in range(WARM_UP):
        get()
    taken = []
    for _ in range(SAMPLES):
        begin = time.perf_counter()
        get()
        taken.append((time.perf_counter() - begin) * 1000)
    return taken


def _spread(name: str, taken: Sequence[float], detail: str) -> Iterator[Measurement]:
    yield Measurement(f"{name}_p50", median(taken), "ms", detail)
    yield Measurement(f"{name}_p95", p95(taken), "ms", detail)


def _rate(port: int, path: str, cookie: str) -> float:
    """Requests a second of several clients that keep their connections."""
    until, done = time.perf_counter() + SECONDS, [0] * CLIENTS

    def visit(place: int) -> None:
        visitor = http.client.HTTPConnection(HOST, port)
        while time.perf_counter() < until:
            _fetch(visitor, path, cookie)
            done[place] += 1
        visitor.close()

    visitors = [threading.Thread(target=visit, args=(place,)) for place in range(CLIENTS)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    return sum(done) / SECONDS
