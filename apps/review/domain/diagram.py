"""The state diagram in Mermaid, drawn from the table that is the law."""

from apps.review.domain.machine import TRANSITIONS
from apps.review.models.statuses import Status

PARTY_NAMES = {
    "filer": "填报方",
    "reviewer": "上级",
    "superior": "各级医保",
    "opener": "省/联采办",
    "alliance": "联采办",
    "system": "系统",
}


def mermaid() -> str:
    """`stateDiagram-v2` with one arrow per source and action."""
    lines = ["stateDiagram-v2", f"    [*] --> {Status.DRAFT.value}"]
    lines += [f"    {status.value}: {status.label}" for status in Status]
    for action, law in TRANSITIONS.items():
        lines += [
            f"    {source.value} --> {law.target.value}: {action.label}（{PARTY_NAMES[law.party]}）"
            for source in Status
            if source in law.sources
        ]
    return "\n".join(lines)
