"""The counts of filings (`FilingCount`): folded while nobody waits, and counted once more from the filings.

Invariant: folding changes no sum that anybody reads, before, during or after it.
"""

from collections.abc import Iterator

from apps.projects.models import Project
from apps.review.models.statuses import Status

from .sql import fold, uncounted


def fold_counts() -> int:
    """Put what statements added since the last time together, a row for each group; how many rows went."""
    return fold()


def miscounted(project: Project) -> Iterator[str]:
    """Every group of a project whose count isn't what its filings are; one statement, so both are of one moment."""
    for path, status, kept, found in uncounted(project.pk):
        yield f"{path} 下“{Status(status).label}”的申报单记为 {kept:,} 份，实有 {found:,} 份"
