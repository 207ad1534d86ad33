"""The digest of a filing's numbers, and what the check code of its signed document (校验码) vouches for.

Invariant: the digest depends on the unit, the project, the items and their quantities alone; blank lines count as
absent.
"""

from collections.abc import Sequence

from apps.exchange.domain.issued import Facts, Standing
from apps.exchange.models import IssuedPaper
from apps.projects.models import Project
from apps.reporting.domain.lines import sql
from apps.review.models import Filing
from apps.review.models.statuses import Status

KIND = "reporting.letter"


def fingerprints(filings: Sequence[Filing]) -> dict[int, str]:
    """By filing id, SHA-256 in hex; one statement."""
    return sql.fingerprints([filing.pk for filing in filings])


def fingerprint(filing: Filing) -> str:
    return fingerprints([filing])[filing.pk]


def facts_of(project: Project, filing: Filing, digest: str) -> Facts:
    """What the document of a filing says with numbers of this digest; use with the filing's organization."""
    unit = filing.organization
    return Facts(
        kind=KIND,
        subject=str(filing.pk),
        project=f"{project.name}（{project.code}）",
        unit=f"{unit.name}（{unit.code}）",
        number=f"{project.get_attachment_display()} {project.code}-{unit.code}",
        digest=digest,
    )


def standing_of(issued: IssuedPaper) -> Standing:
    """Whether the numbers are still those of the paper."""
    filing = Filing.objects.filter(pk=int(issued.subject)).first()
    if filing is None or filing.state == Status.EXCLUDED:
        return Standing.VOID
    return Standing.CURRENT if fingerprint(filing) == issued.digest else Standing.REPLACED
