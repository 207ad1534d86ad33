"""What notices do by the clock: the outbox is emptied every minute."""

from apps.jobs.periodic import periodic

from .messages import empty_outbox


@periodic("* * * * *", name="notices.empty_outbox")
def run() -> None:
    empty_outbox()
