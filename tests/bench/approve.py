"""审核通过 for 5,000 reports in one act, against the bare update and insert it can't do without."""

from collections.abc import Iterator

from django.db import connection

from apps.review.domain.performing import perform
from apps.review.models.statuses import Action
from apps.scope.context import whole_country
from tests.bench.measurement import Measurement
from tests.bench.rounds import DirectRound, committed, counted, direct

INSTITUTIONS, FEW = 5_000, 50
# The floor: as many rows updated and as many inserted, without a check, an index or a trigger.
BARE_ROWS = (
    "CREATE TEMP TABLE floor ON COMMIT DROP AS SELECT * FROM review_filing WHERE parent_id = %s"
)
BARE_UPDATE = "UPDATE floor SET status = 'approved', version = version + 1, reviewed_at = now()"
BARE_EVENTS = """
    CREATE TEMP TABLE floor_events ON COMMIT DROP AS
    SELECT id, version, now() AS at, encode(sha256(path::bytea), 'hex') AS hash FROM floor
"""


def measure() -> Iterator[Measurement]:
    with whole_country(reason="bench"):
        held = direct("BENCH-A", INSTITUTIONS)
        detail = f"{INSTITUTIONS:,} reports below one province"
        for number in (FEW, INSTITUTIONS):
            yield Measurement(
                f"approve_statements_{number}",
                counted(lambda number=number: _approve(held, number)),
                "statements",
                f"{number:,} reports",
            )
        yield Measurement(
            "approve_floor", committed(lambda: _floor(held)), "s", "the same rows, bare, in SQL"
        )
        yield Measurement("approve", committed(lambda: _approve(held)), "s", f"{detail}, committed")


def _approve(held: DirectRound, number: int = INSTITUTIONS) -> None:
    perform(held.waiting()[:number], Action.APPROVE, by=held.by)


def _floor(held: DirectRound) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE_ROWS, [held.own.pk])
        cursor.execute(BARE_UPDATE)
        cursor.execute(BARE_EVENTS)
