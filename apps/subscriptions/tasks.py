"""What subscriptions do by the clock: deliveries every ten seconds, deadlines, and forgetting."""

from time import monotonic

from apps.jobs.periodic import periodic

from .domain.deadlines import tell_deadlines
from .domain.delivering import deliver_due
from .domain.forgetting import forget_events

AT_A_TIME = 50
"""Seconds: others of the worker's jobs wait for its thread."""


@periodic("* * * * * */10", name="subscriptions.deliver")
def deliver() -> None:
    """Round after round while something is due: each takes a few of every subscription."""
    until = monotonic() + AT_A_TIME
    while deliver_due() and monotonic() < until:
        pass


@periodic("*/10 * * * *", name="subscriptions.deadlines")
def deadlines() -> None:
    tell_deadlines()


@periodic("23 20 * * *", name="subscriptions.forget")
def forget() -> None:
    forget_events()
