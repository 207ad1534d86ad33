"""The leaves of a figure: the institutions that make it, with their own part of it.

Invariants: the same institutions and goods as the figure counts, so that quantities, purchases and amounts add up to
it; what an institution is still filling in is nobody else's to read until it reports (S0-15), so its figures are left
blank.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Case,
    DecimalField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)

from apps.analysis.domain.labels import NONE
from apps.analysis.domain.view import View
from apps.organizations.models import Organization, Tier
from apps.projects.models import CatalogItem, ItemTerms, Project
from apps.reporting.domain.rollup import Dimension, Measures
from apps.reporting.domain.rollup.question import GOODS, PLACES
from apps.reporting.models import DemandLine, DemandReport, PurchaseHistory
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Status
from apps.scope.paths import in_subtree

FIELDS: Mapping[Dimension, str] = {
    Dimension.VARIETY: "variety",
    Dimension.ITEM: "item_code",
    Dimension.MANUFACTURER: "manufacturer_name",
    Dimension.PRODUCT_GROUP: "product_group",
}
FACETS: Mapping[Dimension, str] = {
    Dimension.GRADE: "organization__grade",
    Dimension.OWNERSHIP: "organization__ownership",
    Dimension.KIND: "organization__kind",
}


@dataclass(frozen=True, slots=True)
class Goods:
    """The items that count: `items` is None where all do; `units` are their different units.

    `is_corrected`: a price or pack of one of them was corrected, so each report goes by what it knew.
    """

    items: tuple[int, ...] | None
    units: frozenset[str]
    is_priced: bool
    is_corrected: bool


def goods_of(project: Project, view: View) -> Goods:
    """One statement."""
    rows = CatalogItem.objects.filter(project=project)
    asked = {FIELDS[d]: keys for d, keys in view.filters.items() if d in GOODS}
    for name, keys in asked.items():
        rows = rows.filter(**{f"{name}__in": keys})
    corrected = Exists(ItemTerms.objects.filter(item=OuterRef("pk")))
    goods = list(rows.values_list("pk", "unit", "reference_price", corrected))
    return Goods(
        items=tuple(pk for pk, *_ in goods) if asked else None,
        units=frozenset(unit for _, unit, *_ in goods),
        is_priced=any(price is not None for _, _, price, _ in goods),
        is_corrected=any(corrected for *_, corrected in goods),
    )


def leaves(own: Filing, view: View, goods: Goods) -> QuerySet[Any]:
    """Institutions' filings, each with `quantity`, `bought` and `amount` over the items that count."""
    rows = Filing.objects.filter(in_subtree(own.path), project_id=own.project_id).institutions()
    rows = rows.filter(_place(view.filters)).filter(_facets(view.filters))
    statuses = view.filters.get(Dimension.STATUS)
    rows = rows.filter(status__in=statuses or FROZEN)
    lines = DemandLine.objects.filter(filing=OuterRef("pk"))
    history = PurchaseHistory.objects.filter(
        project_id=OuterRef("project_id"),
        organization_id=OuterRef("organization_id"),
        year__in=own.project.baseline_years,
    )
    if goods.items is not None:
        lines, history = lines.filter(item__in=goods.items), history.filter(item__in=goods.items)
        wants, used = lines.filter(planned__gt=0), history.filter(quantity__gt=0)
        rows = rows.filter(Q(Exists(wants)) | Q(Exists(used)))
    return rows.annotate(
        quantity=_sum(lines, "filing", Sum("planned")),
        bought=_sum(history, "organization_id", Sum("quantity")),
        amount=_sum(
            _as_reported(lines) if goods.is_corrected else lines, "filing", Sum(_amount(goods))
        ),
    )


def _as_reported(lines: QuerySet[Any]) -> QuerySet[Any]:
    """With `price` and `pack` of the item when the filing was reported last."""
    reports = DemandReport.objects.filter(
        filing=OuterRef("filing"), filing__status__in=FROZEN
    ).order_by("-number")
    terms = ItemTerms.objects.filter(
        item=OuterRef("item"), since__lte=OuterRef("revision"), until__gt=OuterRef("revision")
    )
    then = {"price": "reference_price", "pack": "pack_quantity"}
    rows = lines.annotate(
        revision=Subquery(reports.values("revision")[:1]), was_corrected=Exists(terms)
    )
    priced: QuerySet[Any] = rows.annotate(
        **{
            name: Case(
                When(was_corrected=True, then=Subquery(terms.values(field))),
                default=F(f"item__{field}"),
            )
            for name, field in then.items()
        }
    )
    return priced


def _amount(goods: Goods) -> Any:
    """Of a line: `apps.projects.domain.money.amount_sql` as an expression."""
    pack = F("pack" if goods.is_corrected else "item__pack_quantity")
    price = F("price" if goods.is_corrected else "item__reference_price")
    fen = Value(200) * price * F("planned") + pack
    kind = DecimalField(max_digits=40, decimal_places=2)
    whole = Func(fen, Value(Decimal("2.0")) * pack, function="div", output_field=kind)
    return ExpressionWrapper(whole * Value(Decimal("0.01")), output_field=kind)


def _sum(rows: QuerySet[Any], by: str, total: Sum) -> Subquery:
    return Subquery(rows.order_by().values(by).annotate(total=total).values("total"))


def _place(filters: Mapping[Dimension, Sequence[str]]) -> Q:
    """Institutions straight below a province or a city stand under its own code."""
    wanted = {code for dimension in PLACES for code in filters.get(dimension, ())}
    if not wanted:
        return Q()
    units = Organization.objects.filter(code__in=wanted).bureaus()
    known = {code: (path, tier) for code, path, tier in units.values_list("code", "path", "tier")}
    every = Q()
    for dimension in PLACES:
        if codes := filters.get(dimension):
            every &= _either(_within(dimension, *known[code]) for code in codes if code in known)
    return every


def _within(dimension: Dimension, path: str, tier: str) -> Q:
    straight = Q(organization__parent__path=path)
    if dimension == Dimension.PROVINCE or (dimension == Dimension.CITY and tier == Tier.CITY):
        return in_subtree(path)
    return straight


def _either(conditions: Iterable[Q]) -> Q:
    """Any of them; none matches nothing."""
    every = Q(pk__in=[])
    for condition in conditions:
        every |= condition
    return every


def _facets(filters: Mapping[Dimension, Sequence[str]]) -> Q:
    every = Q()
    for dimension, name in FACETS.items():
        if keys := filters.get(dimension):
            every &= Q(**{f"{name}__in": ["" if key == NONE else key for key in keys]})
    return every


def figures_of(filing: Any, goods: Goods, years: int) -> Measures | None:
    """The institution's part of the figure; nothing while it is still filling in."""
    if filing.state == Status.DRAFT:
        return None
    is_one_unit = len(goods.units) <= 1
    bought = filing.bought or 0
    amount = None if not goods.is_priced else filing.amount
    return Measures(
        quantity=(filing.quantity or 0) if is_one_unit else None,
        previous=(2 * bought + years) // (2 * years) if is_one_unit else None,
        amount=amount,
        institutions=1,
        bought=bought if is_one_unit else None,
    )
