"""The completeness gate of a bureau: what must have settled below it before it submits (S0-24, S3-32)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from apps.projects.models import Gate, Project
from apps.review.models import Filing
from apps.review.models.statuses import Status

OPEN_STATUSES = (Status.SUBMITTED, Status.RETURNED, Status.DRAFT)


@dataclass(frozen=True, slots=True)
class GateReport:
    """The direct children that have not settled. `waiting` blocks every gate, `missing` only the strict one."""

    strict: bool
    waiting: tuple[Filing, ...]
    missing: tuple[Filing, ...]

    @property
    def is_met(self) -> bool:
        return not self.waiting and not (self.strict and self.missing)

    @property
    def blocking(self) -> tuple[Filing, ...]:
        return self.waiting + (self.missing if self.strict else ())

    @property
    def to_remind(self) -> str:
        """What a reminder would be for: units that block and are not the reviewer's to act on."""
        words = [
            *(["退回未重报"] if any(row.state == Status.RETURNED for row in self.waiting) else []),
            *(["未上报"] if self.strict and self.missing else []),
        ]
        return f"催报{'和'.join(words)}的单位" if words else ""

    @property
    def needs_confirmation(self) -> bool:
        """Whether the lenient gate lets it pass, but the missing ones must be confirmed by name."""
        return self.is_met and bool(self.missing)


def gate_reports(project: Project, bureaus: Sequence[Filing]) -> dict[int, GateReport]:
    """The gate of each bureau filing by its id, with one statement."""
    unsettled = (
        Filing.objects.filter(
            parent_id__in=[filing.pk for filing in bureaus], status__in=OPEN_STATUSES
        )
        .select_related("organization")
        .order_by("path")
    )
    strict = project.gate == Gate.STRICT
    rows = list(unsettled)
    return {
        filing.pk: _report(strict, (row for row in rows if row.parent_id == filing.pk))
        for filing in bureaus
    }


def _report(strict: bool, unsettled: Iterable[Filing]) -> GateReport:  # noqa: FBT001
    rows = tuple(unsettled)
    return GateReport(
        strict=strict,
        waiting=tuple(row for row in rows if row.state != Status.DRAFT),
        missing=tuple(row for row in rows if row.state == Status.DRAFT),
    )
