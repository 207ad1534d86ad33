"""Work that comes round by the clock. Apps declare it in their `tasks.py`:

    @periodic("*/5 * * * *", name="reporting.refresh_summaries")
    def refresh_summaries() -> None: ...

It runs within the whole country's scope, once for all workers, and must be safe to run twice.
"""

from collections.abc import Callable

from procrastinate.contrib.django import app

from apps.scope.context import whole_country

Work = Callable[[], None]
QUEUE_PRIORITY = 50  # before anybody's jobs: it is short


def periodic(cron: str, *, name: str) -> Callable[[Work], Work]:
    """Declare work by a cron expression (five fields; a sixth counts seconds) in UTC: 19 is 3 in Shanghai."""

    def declare(work: Work) -> Work:
        def run(timestamp: int) -> None:
            with whole_country(reason=name):
                work()

        task = app.task(name=name, queueing_lock=name, lock=name, priority=QUEUE_PRIORITY)(run)
        app.periodic(cron=cron)(task)
        return work

    return declare
