"""The demo's concluded allocation `DEMO-PS`: a hospital's agreed volumes, who delivers them, agreements half signed.

Invariant: made once, by the product's own acts from the import to 办结; what visitors did afterwards stays.
"""

import io

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.allocation.files.columns import VOLUMES
from apps.allocation.files.workbooks import VOLUME_IMPORT
from apps.distribution.domain.agreements.check_codes import facts_of
from apps.distribution.domain.agreements.choices import choose_distributors
from apps.distribution.domain.agreements.drawing import draw_agreements
from apps.distribution.domain.agreements.listing import agreed_products, standings
from apps.distribution.domain.agreements.reading import documents
from apps.distribution.domain.agreements.signing import keep_scan
from apps.distribution.domain.relations.acts import perform as perform_delivery
from apps.distribution.domain.relations.choosing import choose
from apps.distribution.domain.relations.crowding import Proposal
from apps.distribution.files.agreement_papers import filename_of, write_agreement
from apps.distribution.models import Agreement, DeliveryRelation, DistributorAccount
from apps.distribution.models.relation_statuses import Action as DeliveryAction
from apps.exchange.files.check_codes import address_of
from apps.organizations.models import Organization
from apps.projects.domain.lifecycle import start_preparation
from apps.projects.domain.participants.acts import choose_participants
from apps.projects.files.workbooks import CATALOGUE_IMPORT
from apps.projects.models import (
    Obligation,
    Project,
    WinningProduct,
)
from apps.review.domain.attachments.checks import Ready
from apps.review.domain.performing import perform
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import Filing
from apps.review.models.statuses import Action
from apps.scope.context import enter

from .allocation_round import created, set_windows
from .catalogue import catalogue_records
from .filling import fill
from .fixtures import Medicine, medicines
from .importing import import_records

CODE, NAME = "DEMO-PS", "中成药集中带量采购三方协议签订（演示）"
DESCRIPTION = "演示项目，已办结：医疗机构为协议产品选择配送企业，生成三方协议。数据均为虚构。"
HOSPITAL, MAKER, CARRIERS = "hospital1", "maker1", ("distributor1", "distributor2")
OTHER_MAKER = "maker2"
REPORTED = 6_000
PLACE = "420100"
GROUPS = ("FL01", "FL08")


def load_agreement_round() -> None:
    """Nothing if it is there already."""
    if not Project.objects.filter(code=CODE).exists():
        _make(_actor("alliance"))


def _actor(username: str) -> Actor:
    people = User.objects.select_related("organization", "enterprise")
    return Actor.of(people.get(username=username))


@transaction.atomic
def _make(by: Actor) -> None:
    project = created(by, CODE, NAME, DESCRIPTION)
    chosen = _medicines()
    set_windows(project, by)
    _imported(project, chosen, by)
    publish_project(project, by=by)
    project.refresh_from_db()
    _report(project)
    conclude_project(project, by=by, confirmed=True)
    project.refresh_from_db()
    _deliver(project)
    _agree(project)


def _medicines() -> list[Medicine]:
    """Two product groups, in which both manufacturers with an account have won."""
    return [medicine for medicine in medicines() if medicine.item_code[:4] in GROUPS]


def _imported(project: Project, chosen: list[Medicine], by: Actor) -> None:
    """Catalogue, winners, the one participant and what it reported."""
    context = {"project_id": project.pk}
    import_records(CATALOGUE_IMPORT, catalogue_records(chosen), context=context, by=by)
    start_preparation(project=project, by=by)
    unit = _unit()
    choose_participants(
        project=project,
        institutions=Organization.objects.filter(pk=unit.pk),
        obligation=Obligation.REQUIRED,
        by=by,
    )
    rows = [
        {
            "code": unit.code,
            "name": unit.name,
            "item_code": medicine.item_code,
            "reported": REPORTED,
        }
        for medicine in chosen
        if medicine.terms
    ]
    import_records(VOLUME_IMPORT, {VOLUMES: rows}, context=context, by=by)


def _unit() -> Organization:
    unit: Organization = Organization.objects.get(pk=_actor(HOSPITAL).organization.pk)  # type: ignore[union-attr]
    return unit


def _report(project: Project) -> None:
    """The hospital reports; its city, its province and the alliance approve."""
    clerk = _actor(HOSPITAL)
    filings = {
        filing.organization.code: filing
        for filing in Filing.objects.of_project(project).select_related("organization", "parent")
    }
    own = filings[_unit().code]
    fill(project, own, clerk)
    perform([own], Action.SUBMIT, by=clerk)
    for code, username in (("420100", "city4201"), ("42", "province42"), ("0", "alliance")):
        reviewer = _actor(username)
        perform([own], Action.APPROVE, by=reviewer)
        own = filings[code]
        if code != "0":
            perform([own], Action.SUBMIT, by=reviewer, confirmed=True)


def _deliver(project: Project) -> None:
    """One maker's products go to two distributors of the city, one of them to both; the other maker's to the second."""
    place = Organization.objects.get(code=PLACE).path
    carriers = [DistributorAccount.objects.get(user__username=name) for name in CARRIERS]
    maker, other = _actor(MAKER), _actor(OTHER_MAKER)
    products = _products(project, maker)
    proposals = [Proposal(product, carriers[0].pk, place) for product in products]
    proposals.append(Proposal(products[0], carriers[1].pk, place))
    choose(proposals, by=maker, submit=True)
    proposals = [Proposal(product, carriers[1].pk, place) for product in _products(project, other)]
    choose(proposals, by=other, submit=True)
    for carrier in carriers:
        waiting = DeliveryRelation.objects.filter(project=project, distributor=carrier)
        ids = list(waiting.values_list("pk", flat=True))
        perform_delivery(ids, DeliveryAction.AGREE, by=Actor.of(carrier.user))  # type: ignore[arg-type]


def _products(project: Project, maker: Actor) -> list[int]:
    won = WinningProduct.objects.filter(project=project, enterprise=maker.user.enterprise_id)  # type: ignore[union-attr]
    return list(won.order_by("item__position").values_list("pk", flat=True))


def _agree(project: Project) -> None:
    """The hospital chooses for all but the product with two distributors and draws; one agreement comes back signed."""
    clerk, other = _actor(HOSPITAL), _actor(OTHER_MAKER)
    with enter(scope_of(clerk.user)):  # type: ignore[arg-type]
        totals = list(agreed_products(clerk.user, project))
        standing = standings(clerk.organization.path, totals)  # type: ignore[union-attr]
        chosen = {
            product: deliverers.options[0].pk
            for product, deliverers in standing.items()
            if len(deliverers.options) == 1
        }
        choose_distributors(by=clerk, project=project, chosen=chosen)
        draw_agreements(by=clerk, project=project)
        _sign(clerk, other.user.enterprise_id)  # type: ignore[union-attr]


def _sign(clerk: Actor, maker: int | None) -> None:
    """What that maker is party to comes back as it was printed, with nobody's signature."""
    drawn = Agreement.objects.filter(manufacturer=maker)
    for agreement in documents(list(drawn.values_list("pk", flat=True))):
        file = io.BytesIO()
        pages = write_agreement(file, agreement)
        codes = [[address_of(facts_of(agreement).code)]] * pages
        ready = Ready(file.getvalue(), filename_of(agreement), pages, codes=codes)
        keep_scan(by=clerk, pk=agreement.pk, ready=ready)
