"""What the check code of an agreement vouches for, and whether its paper still stands."""

from apps.distribution.models import IN_FORCE, Agreement
from apps.exchange.domain.issued import Facts, Standing
from apps.exchange.models import IssuedPaper

KIND = "distribution.agreement"


def facts_of(agreement: Agreement) -> Facts:
    """All of it as on the day on which it was drawn; use with the project."""
    said = agreement.said
    return Facts(
        kind=KIND,
        subject=str(agreement.pk),
        project=f"{said.project}（{agreement.project.code}）",
        unit=f"{said.institution.name}（{said.institution.code}）",
        number=f"三方协议 {agreement.code}",
        digest=agreement.check_code,
    )


def standing_of(issued: IssuedPaper) -> Standing:
    """Void as well once the relation that it rests on is."""
    agreement = Agreement.objects.filter(pk=int(issued.subject)).first()
    in_force = agreement is not None and agreement.status in IN_FORCE
    return Standing.CURRENT if in_force else Standing.VOID
