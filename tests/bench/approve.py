"""审核通过 for 5,000 reports in one act: through the pages and committed, beside what the database alone takes."""

from collections.abc import Iterator

from django.core.management import call_command

from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement, scaled, stopwatch
from tests.bench.rounds import DirectRound, counted, direct
from tests.bench.rounds.bare import bare_seconds
from tests.bench.rounds.pages import approve_all, signed_in

INSTITUTIONS, FEW = scaled(5_000, least=100), 50
BARE = (
    "CREATE TABLE bench_filing (LIKE review_filing INCLUDING ALL)",
    "CREATE TABLE bench_event (LIKE review_filingevent INCLUDING DEFAULTS INCLUDING INDEXES)",
)
KEPT = "INSERT INTO bench_filing OVERRIDING SYSTEM VALUE SELECT * FROM review_filing WHERE parent_id = %s"
UPDATED = "UPDATE bench_filing SET status = 'approved', version = version + 1, reviewed_at = now()"
TOLD = """
    INSERT INTO bench_event OVERRIDING SYSTEM VALUE
    SELECT e.* FROM review_filingevent e JOIN review_filing f ON f.id = e.filing_id WHERE f.parent_id = %s
"""


def measure() -> Iterator[Measurement]:
    call_command("collectstatic", interactive=False, verbosity=0)
    with whole_country(reason="bench"):
        warm, held = direct("BENCH-AW", FEW), direct("BENCH-A", INSTITUTIONS)
        for number in (FEW, INSTITUTIONS):
            yield Measurement(
                f"approve_statements_{number}",
                counted(lambda number=number: _approve(held, number)),
                "statements",
                f"{number:,} reports",
            )
    reviewer = signed_in(held.reviewer)
    approve_all(reviewer, f"/review/{warm.project.code}/")
    with stopwatch() as watch:
        approve_all(reviewer, f"/review/{held.project.code}/")
    _require_approved(held)
    detail = (
        f"{INSTITUTIONS:,} reports below one province, list, tick all, look, confirm; committed"
    )
    yield Measurement("approve", watch.seconds, "s", detail)
    yield Measurement(
        "approve_limit", _limit(held), "s", "as many rows updated and told of, bare and durable"
    )


def _approve(held: DirectRound, number: int) -> None:
    perform(held.waiting()[:number], Action.APPROVE, by=held.by)


def _require_approved(held: DirectRound) -> None:
    with whole_country(reason="bench"):
        found = Filing.objects.children_of(held.own).filter(status=Status.APPROVED).count()
    if found != INSTITUTIONS:
        raise RuntimeError(f"{found} approved")


def _limit(held: DirectRound) -> float:
    bare_seconds(BARE, [(KEPT, [held.own.pk])])
    return bare_seconds((), [(UPDATED, []), (TOLD, [held.own.pk])])
