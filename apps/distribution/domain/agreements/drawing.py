"""Drawing three-party agreements, signing them by a scan, voiding them.

Invariants: numbers have no gap, because they are taken in the transaction that uses them; quantities and terms are
those of the concluded project. Locks: the filing, what stands above it, relations by id, the project's sequence;
agreements by id.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.stops.confirming import awaiting
from apps.allocation.models import SupplyTotal
from apps.audit.services import Entry, record_many
from apps.distribution.domain.agreements import refusals
from apps.distribution.domain.agreements.choices import author, lock_filing, name_of, own_unit
from apps.distribution.domain.agreements.listing import agreed_products, deliverers
from apps.distribution.domain.agreements.messages import tell_drawn
from apps.distribution.domain.agreements.refusals import AgreementRefused, listed
from apps.distribution.models import (
    Agreement,
    AgreementClauses,
    AgreementLine,
    AgreementSequence,
    DeliveryChoice,
    DeliveryRelation,
)
from apps.distribution.models.wording import CLAUSES, Party, Product, Wording, numbered
from apps.organizations.models import Organization
from apps.projects.domain.packs import packs_in_words
from apps.projects.models import ProductType, Project
from apps.review.domain.locks import lock_places
from apps.review.models import Filing
from apps.ui.pages.seen_sets import Stamp, require_same

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class Chosen:
    """A product to be put into an agreement."""

    total: SupplyTotal
    relation: DeliveryRelation


def is_concluded(filing: Filing) -> bool:
    """Whether the round is, and stays so until the transaction ends: 撤销办结 waits for the root filing."""
    lock_places(filing.project_id, [filing.path])
    return Project.objects.filter(pk=filing.project_id, concluded_at__isnull=False).exists()


def made_of(project: Project) -> list[str]:
    """Why 办结 stays: agreements that are drawn and not void."""
    number = Agreement.objects.of_project(project).live().count()
    return [f"已有 {number:,} 份三方协议没有作废"] if number else []


@transaction.atomic
def draw_agreements(*, by: Actor, project: Project, seen: str | None = None) -> list[Agreement]:
    """Put every chosen product that stands in no agreement into one with its manufacturer and distributor.

    `seen` is the stamp of the relations that a page counted (`listing.to_draw`). Constant statements. Raises
    `AgreementRefused`, `seen_sets.SetMoved`.
    """
    unit = own_unit(by)
    filing = lock_filing(project, unit)
    if not is_concluded(filing):
        raise AgreementRefused(refusals.NOT_CONCLUDED.format(name=project.name))
    if awaiting(filing).exists():
        raise AgreementRefused(refusals.NOT_CONFIRMED.format(name=project.name))
    chosen = _chosen(by, unit, project, filing)
    if seen is not None:
        require_same(seen, Stamp.of_keys(choice.relation.pk for choice in chosen))
    groups = _grouped(chosen)
    if not groups:
        raise AgreementRefused(refusals.NOTHING_CHOSEN)
    clauses = clauses_of(project)
    numbers = _take_numbers(project, len(groups))
    drawn = []
    for number, group in zip(numbers, groups, strict=True):
        said = _wording(project, unit, group, clauses)
        agreement = _agreement(project, filing, group, number, said)
        agreement.institution, agreement.path = unit, unit.path
        agreement.clauses, agreement.drawn_by = clauses, author(by)
        drawn.append(agreement)
    Agreement.objects.bulk_create(drawn, batch_size=BATCH)
    AgreementLine.objects.bulk_create(
        [
            _line(agreement, choice)
            for agreement, group in zip(drawn, groups, strict=True)
            for choice in group
        ],
        batch_size=BATCH,
    )
    record_many(by=by, entries=[_drawn_entry(agreement, project) for agreement in drawn])
    tell_drawn(drawn, by=by)
    return drawn


def _chosen(by: Actor, unit: Organization, project: Project, filing: Filing) -> list[Chosen]:
    """What was chosen and stands in no agreement yet, its relations locked and still in force."""
    choices = DeliveryChoice.objects.filter(filing=filing)
    wanted = dict(choices.values_list("product_id", "relation_id"))
    bound = AgreementLine.objects.filter(filing=filing, ended_at__isnull=True)
    for product in bound.values_list("product_id", flat=True):
        wanted.pop(product, None)
    held = (
        DeliveryRelation.objects.filter(pk__in=set(wanted.values()))
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    list(held.values_list("pk"))
    reaching = deliverers(unit.path, wanted)
    totals = list(agreed_products(by.user, project).filter(product__in=wanted))
    chosen, gone = [], []
    for total in totals:
        options = {option.pk: option for option in reaching[total.product_id]}
        relation = options.get(wanted[total.product_id])
        if relation is None:
            gone.append(name_of(total))
        else:
            chosen.append(Chosen(total, relation))
    if gone:
        raise AgreementRefused(refusals.CHOOSE_AGAIN.format(names=listed(gone)))
    return chosen


def _grouped(chosen: Sequence[Chosen]) -> list[list[Chosen]]:
    """One agreement for each manufacturer and distributor, in a fixed order."""
    groups: dict[tuple[int, int], list[Chosen]] = defaultdict(list)
    for choice in chosen:
        groups[choice.relation.manufacturer_id, choice.relation.distributor_id].append(choice)
    return [groups[key] for key in sorted(groups)]


def clauses_of(project: Project) -> AgreementClauses:
    """The clauses that hold now; the standard ones become the first version."""
    AgreementClauses.objects.bulk_create(
        [AgreementClauses(project=project, version=1)], ignore_conflicts=True
    )
    return latest_clauses(project)


def latest_clauses(project: Project) -> AgreementClauses:
    """The clauses that hold now; unsaved standard ones (version 0) before the first agreement."""
    rows = AgreementClauses.objects.filter(project=project).order_by("-version")
    return rows.first() or AgreementClauses(project=project, version=0)


def _take_numbers(project: Project, wanted: int) -> list[int]:
    AgreementSequence.objects.bulk_create(
        [AgreementSequence(project=project)], ignore_conflicts=True
    )
    sequence = AgreementSequence.objects.select_for_update(of=("self",)).get(pk=project.pk)
    first = sequence.last + 1
    sequence.last += wanted
    sequence.save(update_fields=["last"])
    return list(range(first, first + wanted))


def _wording(
    project: Project, unit: Organization, group: Sequence[Chosen], clauses: AgreementClauses
) -> Wording:
    """Names, terms and clauses as they are now: what is signed says them for good."""
    maker, carrier = group[0].total.product.enterprise, group[0].relation.carrier
    account = group[0].relation.distributor
    return Wording(
        is_medicine=project.product_type != ProductType.CONSUMABLE,
        project=project.name,
        institution=Party(
            unit.name, unit.code, _contact(unit.contact_name, unit.phone), unit.address
        ),
        manufacturer=Party(maker.name, maker.uscc, address=maker.address),
        carrier=Party(
            carrier.name,
            carrier.uscc,
            _contact(account.authorized_person, account.phone),
            account.address or carrier.address,
        ),
        clauses={name: getattr(clauses, name) for name in CLAUSES},
        products=tuple(_product(choice.total, project) for choice in group),
    )


def _contact(name: str, phone: str) -> str:
    return " ".join(part for part in (name, phone) if part)


def _product(total: SupplyTotal, project: Project) -> Product:
    item, terms = total.product.item, total.agreed_terms.complete
    packs = packs_in_words(
        total.quantity, pack=terms.pack, unit=item.unit, rule=project.pack_rounding
    )
    return Product(
        item_code=item.item_code,
        variety=item.variety,
        specification=item.specification,
        unit=item.unit,
        pack=terms.pack,
        price=str(terms.price),
        quantity=total.quantity,
        amount=str(total.amount),
        packs=packs.removeprefix("= "),
    )


def _agreement(
    project: Project, filing: Filing, group: Sequence[Chosen], number: int, said: Wording
) -> Agreement:
    relation, code = group[0].relation, numbered(project.code, number)
    maker = group[0].total.product.enterprise
    return Agreement(
        project=project,
        number=number,
        code=code,
        filing=filing,
        manufacturer=maker,
        distributor_id=relation.distributor_id,
        carrier=relation.carrier,
        products=len(group),
        amount=sum((choice.total.amount for choice in group), Decimal(0)),
        check_code=said.check_code(code),
        wording=said.as_json(),
    )


def _line(agreement: Agreement, choice: Chosen) -> AgreementLine:
    return AgreementLine(
        agreement=agreement,
        filing_id=choice.total.filing_id,
        product_id=choice.total.product_id,
        terms_id=choice.total.agreed_terms.pk,
        relation=choice.relation,
        quantity=choice.total.quantity,
        amount=choice.total.amount,
    )


def _drawn_entry(agreement: Agreement, project: Project) -> Entry:
    parties = f"{agreement.institution}、{agreement.manufacturer}、{agreement.carrier}"
    return Entry(
        verb="生成三方协议",
        object=agreement.code,
        sentence=f"生成三方协议 {agreement.code}（{parties}），{agreement.products} 个产品，{agreement.amount:,} 元。",
        path=agreement.path,
        project_code=project.code,
    )
