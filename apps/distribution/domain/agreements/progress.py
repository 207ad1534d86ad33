"""How far the agreements of a project are, place by place below the viewer's (coverage and signing).

Invariants: the figures are those of counting every product of every institution (`verification`), and what an
institution's own page counts of it (`desk`). What institutions did is kept with each of them (`AgreementProgress`);
who delivers is put together from the agreed relations of enabled distributors each time, because one of them may cover
a province, and so are the few choices and agreements that no longer hold since.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.distribution.domain.agreements.sql import by_unit
from apps.projects.models import Project

COUNTED = ("covered", "chosen", "drawn", "signed")


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of (institution, product) at one place."""

    code: str
    name: str
    products: int
    covered: int
    chosen: int
    drawn: int
    signed: int

    @property
    def rate(self) -> float:
        """Signed of all, in per cent."""
        return 100 * self.signed / self.products if self.products else 0


def progress_of(project: Project, top: str) -> list[Progress]:
    """One row for each unit directly below `top`, the viewer's own path, that has agreed products; one statement."""
    return [Progress(*row) for row in by_unit(project.pk, top)]


def summed(rows: Sequence[Progress]) -> Progress:
    """All places together."""
    total = {name: sum(getattr(row, name) for row in rows) for name in ("products", *COUNTED)}
    return Progress("", "合计", **total)
