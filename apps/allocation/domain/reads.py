"""What the lists of allocation read: one queryset each, with everything that their rows show."""

from decimal import Decimal
from typing import Any

from django.db.models import (
    BigAutoField,
    BigIntegerField,
    Case,
    CharField,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.slots.candidates import Candidate, CandidatesAsk
from apps.allocation.models import AllocationRow, CapacityPool, Slot, SlotLine, SupplyTotal
from apps.organizations.models import Tier
from apps.projects.domain.money import share
from apps.projects.models import PrimaryProvince, Project, SupplyRank
from apps.review.models import Filing
from apps.scope.database import send
from apps.scope.paths import ROOT, province_path
from apps.scope.prepared import Prepared

OWN_ROW_FIELDS = (
    *(field.attname for field in AllocationRow._meta.concrete_fields),
    "filing__path",
    "filing__project_id",
    "filing__organization_id",
    "project__code",
    "project__name",
    "project__whole_packs_only",
    "project__other_excludes_fixed",
    "item__product_group",
    "item__variety",
    "item__specification",
    "item__unit",
    "item__daily_usage",
)
"""What saving reads of a row; it is read for every save, so nothing else is."""

SUPPLY_RANK, BY_PROVINCE = "supply_rank", "by_province"
SUPPLY_RANKS = {**dict(SupplyRank.choices), BY_PROVINCE: "分省主供"}
"""How a winning product's rank reads: in one province, or for the whole country."""


def supplies(project: Project, place: str) -> QuerySet[CapacityPool]:
    """The winning products that supply the province of `place`; all of them for the alliance.

    Each with its `supply_rank` there (`SUPPLY_RANKS`), which primary provinces decide where it has some (rules R8).
    """
    pools = CapacityPool.objects.of_project(project).with_offer()
    primaries = PrimaryProvince.objects.filter(product=OuterRef("product"))
    general = F("product__supply_rank")
    if place == ROOT:
        differs = When(Exists(primaries), then=Value(BY_PROVINCE))
        return pools.annotate(**{SUPPLY_RANK: Case(differs, default=general)})
    province = province_path(place)
    here = When(
        Exists(primaries.filter(province__path=province)), then=Value(SupplyRank.PRIMARY.value)
    )
    elsewhere = When(Exists(primaries), then=Value(SupplyRank.BACKUP.value))
    supplying = pools.filter(Q(provinces__isnull=True) | Q(provinces__contains=[province]))
    return supplying.annotate(**{SUPPLY_RANK: Case(here, elsewhere, default=general)})


def selected_lines(filing: Filing) -> QuerySet[SlotLine]:
    """What is confirmed of whose product, each with the row that it is for."""
    lines = SlotLine.objects.of_filing(filing).filter(slot=Slot.SELECTED).with_earlier()
    return lines.with_terms().select_related("row__item").order_by("row__item__position", "pk")


def pending_rows(filing: Filing) -> QuerySet[AllocationRow]:
    rows = AllocationRow.objects.of_filing(filing).to_allocate()
    return rows.with_item().order_by("item__position", "pk")


def own_row(by: Actor, code: str, pk: int) -> AllocationRow | None:
    """A row to allocate of the person's own unit, with its project, filing and item; one statement."""
    if by.organization is None:
        return None
    return OWN_ROW.first(pk=pk, code=code, organization=by.organization.pk)


def own_slot(
    by: Actor, code: str, pk: int, slot: Slot
) -> tuple[AllocationRow, list[Candidate]] | None:
    """The same with the products of one of its slots, in one trip to the server."""
    if by.organization is None:
        return None
    unit = by.organization
    own_row = OWN_ROW.ask(pk=pk, code=code, organization=unit.pk)
    offered = CandidatesAsk(row=pk, slot=slot, organization=unit.pk, place=unit.path)
    send(own_row, offered)
    if not own_row.answer:
        return None
    (row,) = own_row.answer
    return row, offered.candidates(row.project)


def _own_row(pk: Any, code: Any, organization: Any) -> QuerySet[AllocationRow]:
    rows = AllocationRow.objects.to_allocate().filter(
        pk=pk, project__code=code, organization_id=organization
    )
    return rows.select_related("project", "filing", "item").only(*OWN_ROW_FIELDS)


OWN_ROW: Prepared[AllocationRow] = Prepared(
    _own_row, pk=BigAutoField(), code=CharField(), organization=BigIntegerField()
)


def confirmed_lines(filing: Filing) -> QuerySet[SlotLine]:
    """The lines of rows that are confirmed (S1-49); a report shows all of them."""
    selected = Q(slot=Slot.SELECTED, row__selected_confirmed_at__isnull=False)
    pending = ~Q(slot=Slot.SELECTED) & Q(row__pending_confirmed_at__isnull=False)
    lines = SlotLine.objects.of_filing(filing).taken().filter(selected | pending)
    return (
        lines.with_terms()
        .with_earlier()
        .select_related("row__item")
        .order_by("row__item__position", "row_id", "pk")
    )


def agreements(project: Project) -> QuerySet[SupplyTotal]:
    """Agreed volumes by institution and product (S0-29)."""
    rows = SupplyTotal.objects.filter(
        filing__project=project, filing__tier=Tier.INSTITUTION
    ).select_related("filing__organization__division", "product__pool__terms", "terms")
    return rows.select_related("product__item", "product__enterprise").order_by(
        "path", "product_id"
    )


def province_totals(project: Project) -> QuerySet[SupplyTotal]:
    """What an enterprise sees before 办结: its products by province."""
    rows = SupplyTotal.objects.filter(filing__project=project, filing__tier=Tier.PROVINCE)
    return rows.select_related(
        "filing__organization__division",
        "product__pool__terms",
        "product__item",
        "product__enterprise",
    ).order_by("path", "product_id")


def agreements_for(user: Any, project: Project) -> tuple[QuerySet[SupplyTotal], bool]:
    """What somebody reads of the agreed volumes, and whether it is sums of provinces: an enterprise before 办结."""
    by_province = not user.organization_id and project.concluded_at is None
    return (province_totals if by_province else agreements)(project), by_province


def amount_of_lines(lines: QuerySet[SlotLine]) -> Decimal:
    """The contract amount of lines read `with_earlier`, in yuan and fen: the sum of those shown."""
    now = "product__pool__terms__"
    shares = lines.order_by().values_list(
        Coalesce("held_price", f"{now}price"),
        Coalesce("held_pack", f"{now}pack"),
        "earlier",
        "contract",
    )
    return sum((share(*part) for part in shares), Decimal(0))


def amount_of(rows: QuerySet[SupplyTotal]) -> Decimal:
    """The contract amount of agreements, in yuan and fen."""
    total: Decimal | None = rows.order_by().aggregate(all=Sum("amount"))["all"]
    return total or Decimal(0)


def spread_of(rows: QuerySet[SupplyTotal]) -> dict[str, int]:
    """How many agreements, institutions and products a list covers."""
    counts: dict[str, int] = rows.order_by().aggregate(
        agreements=Count("pk"),
        institutions=Count("filing_id", distinct=True),
        products=Count("product_id", distinct=True),
    )
    return counts
