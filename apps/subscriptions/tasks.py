"""What subscriptions do by the clock: deliveries every ten seconds, deadlines, and forgetting."""

from apps.jobs.periodic import periodic

from .domain.deadlines import tell_deadlines
from .domain.delivering import deliver_due
from .domain.forgetting import forget_events


@periodic("* * * * * */10", name="subscriptions.deliver")
def deliver() -> None:
    deliver_due()


@periodic("*/10 * * * *", name="subscriptions.deadlines")
def deadlines() -> None:
    tell_deadlines()


@periodic("23 20 * * *", name="subscriptions.forget")
def forget() -> None:
    forget_events()
