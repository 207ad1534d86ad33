"""The sheet of 采购需求维护 on a slow line and a slow machine, until a quantity can be typed.

Chromium itself throttles; the server is gunicorn on this machine without a proxy, and has answered before. Cold is an
empty cache, warm the same page again; each is the median of a few browsers, one after the other. The page's HTML is
counted as the browser reads it, before compression.
"""

import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from statistics import median

from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, CDPSession, sync_playwright

from apps.scope.context import whole_country
from tests.bench.measurement import Measurement
from tests.bench.rounds.reporting import Reporter, demand_round
from tests.bench.rounds.server import HOST, served

SMALL, LARGE = 282, 1_300
VISITORS = 3
SLOWER = 4
"""How many times slower the processor is made."""
PATIENCE = 120_000
NAMES = ("chromium", "chromium-browser", "google-chrome")


@dataclass(frozen=True)
class Line:
    """A connection: kilobits a second, milliseconds there and back."""

    kilobits: int
    latency: int


Visit = tuple[float, int, float]
"""Seconds, requests and kilobytes."""
SLOW, USUAL = Line(400, 400), Line(1_000, 100)


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with whole_country(reason="bench"):
        people = {
            rows: demand_round(f"BENCH-P{rows}", 1, clients=1, items_each=rows)[0]
            for rows in (SMALL, LARGE)
        }
    with served() as port, sync_playwright() as driver:
        executable = next(filter(None, map(shutil.which, NAMES)), None)
        browser = driver.chromium.launch(executable_path=executable, args=["--no-sandbox"])
        for rows in (SMALL, LARGE):
            yield _html(browser, port, people[rows], rows)
        for rows, line in ((SMALL, SLOW), (LARGE, USUAL), (LARGE, SLOW)):
            yield from _visits(browser, port, people[rows], rows, line)
        browser.close()


def _visits(
    browser: Browser, port: int, who: Reporter, rows: int, line: Line
) -> Iterator[Measurement]:
    told = [_cold_and_warm(browser, port, who, line) for _ in range(VISITORS)]
    detail = f"{rows:,} rows, {line.kilobits} kbit/s, {line.latency} ms, {SLOWER}× CPU"
    for visit, seen in zip(("cold", "warm"), zip(*told, strict=True), strict=True):
        _, requests, kilobytes = seen[0]
        seconds = median(taken for taken, _, _ in seen)
        name = f"sheet_{visit}_{rows}_{line.kilobits}"
        yield Measurement(name, seconds, "s", f"{detail}: {requests} requests, {kilobytes:.0f} KB")


def _cold_and_warm(browser: Browser, port: int, who: Reporter, line: Line) -> list[Visit]:
    context = _signed_in(browser, port, who)
    visits = [_visit(context, f"/demand/{who.code}/entry/", line) for _ in range(2)]
    context.close()
    return visits


def _html(browser: Browser, port: int, who: Reporter, rows: int) -> Measurement:
    context = _signed_in(browser, port, who)
    kilobytes = len(context.request.get(f"/demand/{who.code}/entry/").body()) / 1_000
    context.close()
    return Measurement(f"sheet_html_{rows}", kilobytes, "KB", f"{rows:,} rows")


def _signed_in(browser: Browser, port: int, who: Reporter) -> BrowserContext:
    home = f"http://{HOST}:{port}"
    context = browser.new_context(base_url=home, viewport={"width": 1024, "height": 768})
    for name, morsel in SimpleCookie(who.cookie).items():
        context.add_cookies([{"name": name, "value": morsel.value, "url": home}])
    return context


def _visit(context: BrowserContext, address: str, line: Line) -> Visit:
    """Seconds until the sheet took over and its first cell has the cursor; what travelled meanwhile."""
    page = context.new_page()
    session = context.new_cdp_session(page)
    got = _throttled(session, line)
    begin = time.perf_counter()
    page.goto(address, wait_until="commit", timeout=PATIENCE)
    page.wait_for_selector("[data-body] .spacer", state="attached", timeout=PATIENCE)
    page.locator("[data-field=planned]").first.focus(timeout=PATIENCE)
    seconds = time.perf_counter() - begin
    page.close()
    return seconds, len(got), sum(got) / 1_000


def _throttled(session: CDPSession, line: Line) -> list[float]:
    """The bytes of each answer, as they come."""
    got: list[float] = []
    session.on("Network.loadingFinished", lambda event: got.append(event["encodedDataLength"]))
    bytes_a_second = line.kilobits * 1_000 / 8
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": line.latency,
            "downloadThroughput": bytes_a_second,
            "uploadThroughput": bytes_a_second,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    return got
