"""An agreement of Hubei between the hospital and two enterprises that are nobody's in the matrix: rivals of its own."""

from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from apps.accounts.models import User
from apps.distribution.models import (
    Agreement,
    AgreementClauses,
    AgreementLine,
    AgreementScan,
    AgreementStatus,
    DeliveryRelation,
    DistributorAccount,
)
from apps.distribution.relations.statuses import Status
from apps.projects.models import Project, WinningProduct
from apps.review.models import Filing
from apps.scope.context import whole_country


def agreement_of(project: Project, people: dict[str, User], carrier: str) -> dict[str, Any]:
    """Signed, with its scan, over the winning product C; `carrier` names a distributor of Hubei."""
    clerk = people["hospital"]
    with whole_country(reason="test"):
        product = WinningProduct.objects.get(project=project, item__item_code="C")
        distributor = DistributorAccount.objects.get(enterprise__name=carrier)
        filing = Filing.objects.get(project=project, organization=clerk.organization)
        agreement = Agreement.objects.create(
            project=project,
            number=1,
            code=f"{project.code}-XY000001",
            filing=filing,
            institution=clerk.organization,
            path=clerk.path,
            manufacturer=product.enterprise,
            distributor=distributor,
            carrier=distributor.enterprise,
            clauses=AgreementClauses.objects.create(project=project),
            products=1,
            amount=Decimal(40),
            status=AgreementStatus.SIGNED,
            signed_at=timezone.now(),
            drawn_by=clerk,
        )
        AgreementLine.objects.create(
            agreement=agreement,
            filing=filing,
            product=product,
            terms=product.terms.get(),
            relation=_relation(product, distributor, people["city"]),
            quantity=30,
            amount=Decimal(40),
        )
        scan = AgreementScan(
            agreement=agreement, name="签署件.pdf", size=5, pages=1, uploaded_by=clerk
        )
        scan.file.save("签署件.pdf", ContentFile(b"%PDF-"), save=False)
        scan.save()
        return {"distribution:agreement_": {"pk": agreement.pk}}


def _relation(product: WinningProduct, distributor: DistributorAccount, at: User) -> Any:
    now = timezone.now()
    return DeliveryRelation.objects.create(
        project=product.project,
        product=product,
        manufacturer=product.enterprise,
        distributor=distributor,
        carrier=distributor.enterprise,
        area=at.organization,
        path=at.path,
        status=Status.AGREED,
        submitted_at=now,
        answered_at=now,
    )
