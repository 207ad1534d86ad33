"""The check code of a case (案卷): what it vouches for, and whether anything has happened since."""

from apps.exchange.domain.issued import Facts, Standing
from apps.exchange.models import IssuedPaper
from apps.review.models import Filing

KIND = "review.casefile"


def facts_of(top: Filing, digest: str) -> Facts:
    """`digest` is that of the list of files; use with organization and project."""
    unit, project = top.organization, top.project
    return Facts(
        kind=KIND,
        subject=f"{top.pk}/{top.version}",
        project=f"{project.name}（{project.code}）",
        unit=f"{unit.name}（{unit.code}）",
        number=f"案卷 {project.code}-{unit.code}",
        digest=digest,
    )


def standing_of(issued: IssuedPaper) -> Standing:
    """Of an institution's case; nobody says of a bureau's whether anything has happened below it."""
    pk, _, version = issued.subject.partition("/")
    filing = Filing.objects.filter(pk=int(pk)).first()
    if filing is None:
        return Standing.VOID
    if not filing.is_institution:
        return Standing.UNTOLD
    return Standing.CURRENT if filing.version == int(version) else Standing.REPLACED
