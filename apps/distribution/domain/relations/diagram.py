"""The state diagram in Mermaid, drawn from the table that is the law."""

from apps.distribution.domain.relations.machine import TRANSITIONS, Party
from apps.distribution.models.relation_statuses import Status

PARTY_NAMES: dict[Party, str] = {"manufacturer": "生产企业", "distributor": "配送企业"}


def mermaid() -> str:
    """`stateDiagram-v2` with one arrow per source and action."""
    lines = ["stateDiagram-v2", f"    [*] --> {_name(Status.DRAFT)}"]
    lines += [f"    {_name(status)}: {status.label}" for status in Status]
    for action, law in TRANSITIONS.items():
        lines += [
            f"    {_name(source)} --> {_name(law.target)}: {action.label}（{PARTY_NAMES[law.party]}）"
            for source in Status
            if source in law.sources
        ]
    return "\n".join(lines)


def _name(status: Status) -> str:
    return status.name.lower()
