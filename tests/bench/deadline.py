"""The last day of a round: how many users the product bears before 5 % of their actions take half a second.

60 % save a row, 10 % open the sheet, 5 % report, 10 % open their home, 5 % a review list, 5 % read a report and approve
it, 5 % take their 250 rows along as a workbook; between two actions everybody thinks for about two seconds. All of them
are signed in with a second factor (`REQUIRE_TOTP=all`), all report to one bureau, which is more in one place than any
real day has. Users are added step by step until the knee. `deadline_plain` is the same without second factors and row
policies, by a server that speaks as the owner: what these cost. Server and clients share this machine; what the clients
take of it is told.
"""

import json
import os
import secrets
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from apps.accounts.models import Authenticator, User
from apps.organizations.models import Organization
from apps.review.pages.forms import SHEET_TICKS
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement, p95, scaled
from tests.bench.rounds import PROVINCE, account_of
from tests.bench.rounds.reporting import Reporter, demand_round, report
from tests.bench.rounds.server import HOST, served
from tests.bench.rounds.working import worker
from tests.bench.running.knee import Step, find_knee

WEIGHTS = {
    "save": 60, "sheet": 10, "report": 5, "home": 10, "list": 5, "approve": 5, "export": 5,
}  # fmt: skip
THINK, LIMIT = 2.0, 500.0
"""Seconds between two actions; milliseconds."""
WARM, SECONDS = scaled(5), scaled(25, least=5)
START, MOST, REPORTS = scaled(80, least=8), scaled(500, least=20), scaled(1_200, least=100)
WAITING, REVIEWERS, PROCESSES = scaled(200, least=40), 10, 3
ROWS_A_STEP = 25
"""More than anybody types in one."""
PLAIN = {"config": "tests/bench/rounds/untold.py", "REQUIRE_TOTP": "off", "DATABASE_OWNER_URL": ""}


@dataclass
class Day:
    """The round that everybody works in, and what of it is still untouched."""

    code: str
    desks: Sequence[Reporter]
    unreported: list[Reporter]
    reviewers: Sequence[str]
    waiting: list[int] = field(default_factory=list)
    steps: int = 0


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    yield from _knee("deadline", _day(with_factors=True), REQUIRE_TOTP="all")
    owner = os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]
    yield from _knee("deadline_plain", _day(with_factors=False), DATABASE_URL=owner, **PLAIN)


def _day(*, with_factors: bool) -> Day:
    with whole_country(reason="bench"):
        code = f"BENCH-{secrets.token_hex(4)}"
        desks = demand_round(code, 1, clients=MOST + REPORTS + WAITING)
        bureau = account_of(Organization.objects.get(code=PROVINCE))
        reviewers = [_signed_in(bureau) for _ in range(REVIEWERS)]
        if with_factors:
            for cookie in (*reviewers, *(desk.cookie for desk in desks)):
                _verify(cookie)
    return Day(code, desks[:MOST], desks[MOST:], reviewers)


def _signed_in(account: User) -> str:
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    return f"{settings.SESSION_COOKIE_NAME}={client.session.session_key}"


def _verify(cookie: str) -> None:
    """The session is of somebody who has bound an authenticator and given its code."""
    client = Client(HTTP_HOST="localhost")
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie.partition("=")[2]
    session = client.session
    pk = int(session[SESSION_KEY])
    device, _ = Authenticator.objects.get_or_create(
        user_id=pk,
        confirmed=True,
        defaults={"name": "bench", "sealed_key": secrets.token_bytes(48)},
    )
    User.objects.filter(pk=pk).update(second_factor_at=timezone.now())
    session[DEVICE_ID_SESSION_KEY] = device.persistent_id
    session.save()


def _knee(name: str, day: Day, **server: str) -> Iterator[Measurement]:
    with served(**server) as port, worker():
        first, day.unreported = day.unreported[:WAITING], day.unreported[WAITING:]
        report(port, first)
        day.waiting = [desk.filing for desk in first]
        _step(port, day, START)  # warm
        knee, steps = find_knee(
            lambda users: _step(port, day, users), start=START, most=MOST, limit=LIMIT
        )
    told = ", ".join(f"{step.users}: {step.p95:.0f} ms" for step in steps)
    if knee is None:
        raise RuntimeError(f"no step was borne: {steps}")
    detail = f"think {THINK:g} s, p95 of actions < {LIMIT:g} ms; {told}"
    yield Measurement(f"{name}_users", knee.users, "users", detail)
    yield Measurement(f"{name}_rate", knee.rate, "actions/s", f"{knee.users} users")
    yield Measurement(f"{name}_p95", knee.p95, "ms", f"{knee.users} users")
    for kind, milliseconds in knee.kinds.items():
        yield Measurement(f"{name}_{kind}_p95", milliseconds, "ms", f"{WEIGHTS[kind]} % of them")
    yield Measurement(f"{name}_clients", knee.clients, "cores", "that the clients took")


def _step(port: int, day: Day, users: int) -> Step:
    """As many users for a while, in a few processes; what was reported waits for the next step."""
    parts = [_plan(port, day, number, users) for number in range(PROCESSES)]
    command = [sys.executable, "-m", "tests.bench.running.crowd"]
    crowds = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in parts
    ]
    for crowd, part in zip(crowds, parts, strict=True):
        assert crowd.stdin is not None
        crowd.stdin.write(json.dumps(part))
        crowd.stdin.close()
    told = [json.loads(crowd.stdout.read()) for crowd in crowds if crowd.stdout]
    for crowd in crowds:
        crowd.wait()
    day.steps += 1
    _count_off(day, told)
    return step_of(users, told, SECONDS)


def _plan(port: int, day: Day, number: int, users: int) -> dict[str, Any]:
    return {
        "host": HOST,
        "port": port,
        "code": day.code,
        "items": list(day.desks[0].items),
        "weights": WEIGHTS,
        "think": THINK,
        "warm": WARM,
        "seconds": SECONDS,
        "first_row": day.steps * ROWS_A_STEP,
        "ticks": list(SHEET_TICKS),
        "desks": [{"cookie": desk.cookie} for desk in day.desks[:users][number::PROCESSES]],
        "unreported": [
            {"cookie": desk.cookie, "filing": desk.filing}
            for desk in day.unreported[number::PROCESSES]
        ],
        "waiting": day.waiting[number::PROCESSES],
        "reviewers": day.reviewers,
    }


def _count_off(day: Day, told: Sequence[dict[str, Any]]) -> None:
    """Each process took its own from the front."""
    reported = {filing for part in told for filing in part["reported"]}
    approved = {filing for part in told for filing in part["approved"]}
    day.unreported = [desk for desk in day.unreported if desk.filing not in reported]
    day.waiting = [filing for filing in day.waiting if filing not in approved] + sorted(reported)


def step_of(users: int, told: Sequence[dict[str, Any]], seconds: float) -> Step:
    """What all processes saw together."""
    taken = [(kind, each * 1_000) for part in told for kind, each in part["taken"]]
    failed = [failure for part in told for failure in part["failed"]]
    sys.stderr.writelines(f"  {failure}\n" for failure in failed[:3])
    by_kind: dict[str, list[float]] = defaultdict(list)
    for kind, milliseconds in taken:
        by_kind[kind].append(milliseconds)
    return Step(
        users,
        rate=len(taken) / seconds,
        p95=p95([milliseconds for _kind, milliseconds in taken]),
        failed=len(failed),
        kinds={kind: p95(each) for kind, each in sorted(by_kind.items()) if len(each) > 1},
        clients=sum(part["cores"] for part in told),
    )
