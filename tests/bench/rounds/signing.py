"""A concluded national allocation whose agreements are under way: bulk-loaded, as the triggers would have left it.

Three distributors of each city deliver each product; every institution took all products, chose for all of them and
drew one agreement with each of its distributors. Some relations, accounts and agreements no longer hold.
"""

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.demo.catalogue import catalogue_records, repeated
from apps.demo.entities import load_entities
from apps.demo.importing import import_records
from apps.demo.institutions import choose, load_institutions
from apps.demo.national import plant_only, prepare
from apps.distribution.models import (
    Agreement,
    AgreementClauses,
    AgreementLine,
    AgreementProgress,
    DeliveryChoice,
    DeliveryRelation,
    DistributorAccount,
)
from apps.distribution.models.relation_statuses import Status
from apps.organizations.models import Enterprise, Organization, Tier
from apps.projects.files.workbooks import CATALOGUE_IMPORT
from apps.projects.models import Project, WinningProduct
from apps.scope.database import run
from apps.scope.sql import freshen

DISTRIBUTORS = 6
"""Of each province; a city has three of them."""
OF_A_CITY = 3

UNWATCHED = "SET LOCAL session_replication_role = replica"
PROGRESS = """
    INSERT INTO distribution_agreementprogress (filing_id, project_id, path, above, agreed, chosen, drawn, signed)
    SELECT f.id, f.project_id, f.path, regexp_replace(f.path, '[^/]+/$', ''),
        bits.every, bits.every, bits.every, bits.every
    FROM review_filing f CROSS JOIN (SELECT repeat('1', %(products)s)::bit varying AS every) bits
    WHERE f.project_id = %(project)s AND f.tier = 'institution'
"""
CHOICES = """
    INSERT INTO distribution_deliverychoice (filing_id, product_id, relation_id, path, chosen_at, chosen_by_id)
    SELECT f.id, r.product_id, r.id, f.path, now(), %(user)s
    FROM review_filing f JOIN (
        SELECT *, row_number() OVER (PARTITION BY path, product_id ORDER BY id) - 1 AS place
        FROM distribution_deliveryrelation WHERE project_id = %(project)s
    ) r ON r.path = '/' || array_to_string((string_to_array(trim(both '/' from f.path), '/'))[1:3], '/') || '/'
        AND r.place = (f.id + r.product_id) %% %(choices)s
    WHERE f.project_id = %(project)s AND f.tier = 'institution'
"""
AGREEMENTS = """
    INSERT INTO distribution_agreement (
        project_id, number, code, filing_id, institution_id, path, manufacturer_id, distributor_id, carrier_id,
        clauses_id, products, amount, check_code, wording, status, reason, drawn_at, drawn_by_id, signed_at
    )
    SELECT f.project_id, number, 'B-' || number, f.id, f.organization_id, f.path, drawn.carrier_id,
        drawn.distributor_id, drawn.carrier_id, %(clauses)s, 1, 1, '', '{}'::jsonb, drawn.status, '', now(), %(user)s,
        now()
    FROM (
        SELECT c.filing_id, r.distributor_id, min(r.carrier_id) AS carrier_id, row_number() OVER () AS number,
            CASE WHEN (c.filing_id + r.distributor_id) %% 100 = 0 THEN 'affected' ELSE 'signed' END AS status
        FROM distribution_deliverychoice c JOIN distribution_deliveryrelation r ON r.id = c.relation_id
        WHERE r.project_id = %(project)s GROUP BY c.filing_id, r.distributor_id
    ) drawn JOIN review_filing f ON f.id = drawn.filing_id
"""
LINES = """
    INSERT INTO distribution_agreementline (
        agreement_id, filing_id, product_id, terms_id, relation_id, quantity, amount
    )
    SELECT a.id, c.filing_id, c.product_id, c.product_id, c.relation_id, 1, 1
    FROM distribution_deliverychoice c JOIN distribution_deliveryrelation r ON r.id = c.relation_id
    JOIN distribution_agreement a ON a.filing_id = c.filing_id AND a.distributor_id = r.distributor_id
    WHERE a.project_id = %(project)s
"""
ENDED = """
    UPDATE distribution_deliveryrelation SET status = %(void)s, voided_at = now()
    WHERE project_id = %(project)s AND id %% 100 = 0
"""


def national_signing(code: str, institutions: int, items: int) -> Project:
    """Within a transaction, which whoever asks rolls back."""
    load_entities()
    chosen = choose(institutions, 1, Organization.objects.bureaus().order_by("path"))
    load_institutions(chosen)
    project = prepare(code, chosen, timezone.now())
    records = catalogue_records(repeated(items))
    import_records(CATALOGUE_IMPORT, records, context={"project_id": project.pk}, by=Actor.system())
    plant_only(project, timezone.now())
    run(UNWATCHED)
    products = list(WinningProduct.objects.filter(project=project).order_by("pk"))
    user = _deliver(project, products)
    clauses = AgreementClauses.objects.create(project=project)
    values = {
        "project": project.pk,
        "products": len(products),
        "choices": OF_A_CITY,
        "user": user.pk,
        "clauses": clauses.pk,
        "void": int(Status.VOID),
    }
    for statement in (PROGRESS, CHOICES, AGREEMENTS, LINES, ENDED):
        run(statement, values)
        freshen(AgreementProgress, DeliveryChoice, DeliveryRelation, Agreement, AgreementLine)
    run("SET LOCAL session_replication_role = DEFAULT")
    return project


def _deliver(project: Project, products: list[WinningProduct]) -> User:
    """Distributors of every province, and agreed relations in each of its cities; one account in twenty is disabled."""
    provinces = list(Organization.objects.filter(tier=Tier.PROVINCE).order_by("path"))
    accounts = {
        province.path: [_distributor(province, number) for number in range(DISTRIBUTORS)]
        for province in provinces
    }
    now = timezone.now()
    relations = [
        DeliveryRelation(
            project=project, product=product, manufacturer_id=product.enterprise_id, distributor=account,
            carrier_id=account.enterprise_id, area=city, path=city.path, status=Status.AGREED,
            submitted_at=now, answered_at=now,
        )
        for province in provinces
        for place, city in enumerate(
            Organization.objects.bureaus().filter(parent=province).order_by("path")
        )
        for product in products
        for account in (accounts[province.path] * 2)[place % DISTRIBUTORS :][:OF_A_CITY]
    ]  # fmt: skip
    DeliveryRelation.objects.bulk_create(relations, batch_size=5_000)
    user: User = accounts[provinces[0].path][0].user
    return user


def _distributor(province: Organization, number: int) -> DistributorAccount:
    enterprise = Enterprise.named(f"B{province.code}{number}", f"{province.name}配送{number}")
    enterprise.save()
    user = User.for_enterprise(
        enterprise,
        Role.DISTRIBUTOR,
        province.path,
        username=f"B{province.code}{number}",
        is_active=enterprise.pk % 20 != 0,
        password="!",
    )
    user.save()
    account = DistributorAccount.at(
        province, enterprise, legal_representative="法人", authorized_person="经办", phone="0",
        user=user, issued_at=timezone.now(), issued_by=user,
    )  # fmt: skip
    account.save()
    return account
