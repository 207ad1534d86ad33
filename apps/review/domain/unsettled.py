"""Who keeps a package from being complete, with words and tone for the page."""

from apps.review.domain.gates import GateReport
from apps.review.models import Filing
from apps.review.models.statuses import Status

WORDS = {
    Status.SUBMITTED: ("待审核", "waiting"),
    Status.RETURNED: ("退回未重报", "returned"),
    Status.DRAFT: ("未上报", "neutral"),
}


def unsettled(gate: GateReport) -> list[tuple[Filing, str, str]]:
    """Those that block first, then those that are missing."""
    return [(filing, *WORDS[filing.state]) for filing in (*gate.waiting, *gate.missing)]
