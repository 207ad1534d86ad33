"""Twenty institutions work on filings of 250 lines through the real server, all at once; none may be lost.

Four figures, for they are not the same: saving one row as the grid does it (`submit_save`), sending all 250 at once
(`submit_send`), reporting with one click what was saved before (`submit_saved`), and both together: a filing that was
filled in elsewhere (`submit_filing`). Server and clients share this machine. The limit is what the database alone does
of the last: 250 rows inserted and committed, while ours are checked one by one, compared with what was bought before,
reported and added to the totals of every tier.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from http import HTTPStatus
from statistics import mean, median

import psycopg
from django.core.management import call_command

from apps.reporting.models import DemandReport
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement, p95, scaled
from tests.bench.rounds.bare import bare_rate
from tests.bench.rounds.reporting import (
    CLIENTS,
    ITEMS,
    Answer,
    Reporter,
    demand_round,
    report,
    save,
    send,
    send_and_report,
)
from tests.bench.rounds.server import served

EACH = scaled(15, least=2)
"""Filings of a client in each of the three parts, beside one that is typed in."""
SAVES_EACH, WARM_UP = scaled(100, least=10), 25
FIRST_EACH = 2
"""Filings that each client reports before anything of it counts: the server plans on each of its connections once."""
LIMIT_SECONDS = 4.0
Act = Callable[[], list[Answer]]
LIMIT = (
    """CREATE TABLE bench_line (
        filing_id bigint, item_id bigint, planned bigint, path varchar(200), updated_at timestamptz,
        PRIMARY KEY (filing_id, item_id)
    )""",
    "CREATE SEQUENCE bench_filing",
)
LINES = f"""
    INSERT INTO bench_line SELECT filing, item, 901 + item, '/0/42/', now()
    FROM nextval('bench_filing') AS filing, generate_series(1, {ITEMS}) AS item
"""


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with whole_country(reason="bench"):
        desks = demand_round(f"BENCH-{secrets.token_hex(4)}", 3 * EACH + 1 + FIRST_EACH)
    typed, desks = desks[:CLIENTS], desks[CLIENTS:]
    early, rest = desks[: CLIENTS * FIRST_EACH], desks[CLIENTS * FIRST_EACH :]
    with served() as port:
        save(port, typed, WARM_UP)
        send_and_report(port, early)
        yield from _told("save", lambda: save(port, typed, SAVES_EACH, first=WARM_UP), "rows")
        yield from _told("send", lambda: send(port, rest[::3]), "saves", f" of {ITEMS} rows")
        for name, act, own, sent in (
            ("saved", report, rest[1::3], "whose rows were saved before"),
            ("filing", send_and_report, rest[2::3], f"with {ITEMS} rows sent"),
        ):
            begin = time.perf_counter()
            answers = act(port, own)
            yield from _reports(name, sent, own, answers, time.perf_counter() - begin)
    limit = bare_rate(LIMIT, _inserted, clients=CLIENTS, seconds=LIMIT_SECONDS)
    told = f"{ITEMS} rows inserted and committed, {CLIENTS} sessions: bare, durable"
    yield Measurement("submit_limit", limit, "filings/s", told)


def _inserted(connection: psycopg.Connection, _client: int) -> None:
    connection.execute(LINES)


def _told(name: str, act: Act, unit: str, of: str = "") -> Iterator[Measurement]:
    """Saves: how many a second, how long one takes, and apart from them how many rows were refused as conflicts."""
    begin = time.perf_counter()
    answers = act()
    seconds = time.perf_counter() - begin
    _require(answers, HTTPStatus.OK)
    taken = [each.seconds * 1000 for each in answers]
    detail = f"{CLIENTS} clients, {len(answers):,} saves{of or ' of one row'} in sheets of {ITEMS}"
    yield Measurement(f"submit_{name}_rate", len(answers) / seconds, f"{unit}/s", detail)
    yield Measurement(f"submit_{name}_p50", median(taken), "ms", detail)
    yield Measurement(f"submit_{name}_p95", p95(taken), "ms", detail)
    conflicts = sum(each.conflicts for each in answers)
    yield Measurement(f"submit_{name}_conflicts", conflicts, "rows", "not counted as saved")


def _reports(
    name: str, sent: str, desks: Sequence[Reporter], answers: Sequence[Answer], seconds: float
) -> Iterator[Measurement]:
    reported = [each for each in answers if each.status == HTTPStatus.FOUND]
    _require([each for each in answers if each not in reported], HTTPStatus.OK)
    if conflicts := sum(each.conflicts for each in answers):
        raise RuntimeError(f"{conflicts} rows were not taken")
    with whole_country(reason="bench"):
        ids = [desk.filing for desk in desks]
        there = Filing.objects.filter(pk__in=ids, status=Status.SUBMITTED).count()
        kept = DemandReport.objects.filter(filing__in=ids, lines=ITEMS).count()
    if not len(desks) == len(reported) == there == kept:
        raise RuntimeError(f"{len(reported)} reports sent, {there} submitted, {kept} kept whole")
    taken = [each.seconds * 1000 for each in answers]
    detail = f"{CLIENTS} clients, {len(desks):,} filings of {ITEMS} lines {sent}, none lost"
    yield Measurement(f"submit_{name}_rate", len(desks) / seconds, "filings/s", detail)
    yield Measurement(f"submit_{name}_mean", mean(taken), "ms", f"one request; {detail}")
    yield Measurement(f"submit_{name}_p95", p95(taken), "ms", f"one request; {detail}")


def _require(answers: Sequence[Answer], status: HTTPStatus) -> None:
    strange = {each.status for each in answers} - {status}
    if strange:
        raise RuntimeError(f"unexpected answers: {strange}")
