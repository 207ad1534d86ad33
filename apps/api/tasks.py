"""What comes round by the clock."""

from apps.api.domain.idempotency import forget_old
from apps.jobs.periodic import periodic


@periodic("17 18 * * *", name="api.forget_answers")
def forget_answers() -> None:
    """Once a night."""
    forget_old()
