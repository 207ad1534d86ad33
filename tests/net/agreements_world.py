"""An agreement of Hubei between the hospital and two enterprises that are nobody's in the matrix: rivals of its own."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from apps.accounts.models import User
from apps.allocation.models import SupplyTotal
from apps.distribution.models import (
    Agreement,
    AgreementClauses,
    AgreementLine,
    AgreementScan,
    AgreementStatus,
    DeliveryRelation,
    DistributorAccount,
)
from apps.distribution.models.relation_statuses import Status
from apps.distribution.models.wording import CLAUSES, Party, Product, Wording
from apps.organizations.models import Enterprise, Organization
from apps.projects.models import Project, WinningProduct
from apps.review.models import Filing
from apps.scope.context import whole_country


def wording_of(unit: Organization, product: WinningProduct, carrier: Enterprise) -> dict[str, Any]:
    """As drawing leaves it, of one product."""
    maker, item, terms = product.enterprise, product.item, product.terms.earliest("version")
    line = Product(
        item.item_code, item.variety, item.specification, item.unit, terms.pack, str(terms.price), 30, "40.00"
    )  # fmt: skip
    said = Wording(
        is_medicine=True,
        project=product.project.name,
        institution=Party(unit.name, unit.code),
        manufacturer=Party(maker.name, maker.uscc),
        carrier=Party(carrier.name, carrier.uscc),
        clauses=dict.fromkeys(CLAUSES, "按约定。"),
        products=(line,),
    )
    return said.as_json()


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
            wording=wording_of(clerk.organization, product, distributor.enterprise),
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


def many_agreements(project: Project, units: Sequence[Any], people: dict[str, User]) -> None:
    """The hospital has an agreement of its own for every product of the project; each unit takes one product."""
    carrier = people["carrier"]
    with whole_country(reason="test"):
        distributor = DistributorAccount.objects.get(user=carrier)
        filings = {row.path: row for row in Filing.objects.filter(project=project)}
        own = filings[units[0].path]
        products = list(WinningProduct.objects.filter(project=project).order_by("pk"))
        taken = [(own, product) for product in products]
        taken += [(filings[unit.path], products[0]) for unit in units[1:]]
        SupplyTotal.objects.bulk_create(
            [
                SupplyTotal(
                    filing=filing, path=filing.path, product=product, quantity=30, amount=Decimal(40),
                    institutions=1, lines=1,
                )
                for filing, product in taken
            ],
            ignore_conflicts=True,
        )  # fmt: skip
        clauses = AgreementClauses.objects.create(project=project)
        for number, product in enumerate(products, start=1):
            agreement = Agreement.objects.create(
                project=project, number=number, code=f"{project.code}-XY{number:06d}", filing=own,
                institution=units[0], path=own.path, manufacturer=product.enterprise,
                distributor=distributor, carrier=distributor.enterprise, clauses=clauses, products=1,
                wording=wording_of(units[0], product, distributor.enterprise),
                amount=Decimal(40), drawn_by=people["hospital"],
            )  # fmt: skip
            AgreementLine.objects.create(
                agreement=agreement, filing=own, product=product,
                terms=product.terms.earliest("version"),
                relation=_relation(product, distributor, people["city"]), quantity=30, amount=Decimal(40),
            )  # fmt: skip
