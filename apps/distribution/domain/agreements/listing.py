"""What an institution agreed to take, who may deliver it, whom it prefers, and which agreement it stands in."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from apps.allocation.models import SupplyTotal
from apps.distribution.models import IN_FORCE, AgreementLine, DeliveryChoice, DeliveryRelation
from apps.distribution.models.relation_places import serving
from apps.organizations.models import Tier
from apps.projects.models import Project
from apps.ui.pages.seen_sets import Stamp


@dataclass(frozen=True, slots=True)
class Standing:
    """One agreed product: who can deliver it, whom the institution prefers, where it stands on paper."""

    options: tuple[DeliveryRelation, ...] = ()
    choice: DeliveryChoice | None = None
    line: AgreementLine | None = None

    @property
    def chosen(self) -> int | None:
        """The relation that is shown as chosen: the preferred one, or the only one there is."""
        if self.choice is not None:
            return self.choice.relation_id
        return self.options[0].pk if len(self.options) == 1 else None

    @property
    def is_drawn(self) -> bool:
        """Whether it stands in an agreement that binds: not in one whose relation was voided since."""
        return self.line is not None and self.line.agreement.state in IN_FORCE

    @property
    def must_choose_again(self) -> bool:
        """The preferred relation no longer delivers here."""
        return self.choice is not None and self.choice.relation_id not in {
            option.pk for option in self.options
        }

    @property
    def rests_on_disabled(self) -> bool:
        """The distributor of the agreement, or the preferred one, had its account disabled since."""
        if self.line is not None:
            return not self.line.agreement.carrier_enabled
        return self.choice is not None and self.choice.relation.needs_replacement


def projects_of(user: Any) -> QuerySet[Project]:
    """The projects in which the institution agreed to take something, the latest first."""
    own = SupplyTotal.objects.filter(
        filing__project_id=OuterRef("pk"),
        filing__organization_id=user.organization_id,
        filing__tier=Tier.INSTITUTION,
    )
    rows: QuerySet[Project] = Project.objects.filter(Exists(own)).recent_first()
    return rows


def agreed_products(user: Any, project: Project) -> QuerySet[SupplyTotal]:
    """协议采购量 of the institution in one project, by product."""
    rows = SupplyTotal.objects.filter(
        filing__project=project,
        filing__organization_id=user.organization_id,
        filing__tier=Tier.INSTITUTION,
    )
    named = rows.select_related(
        "product__item", "product__enterprise", "product__pool__terms", "terms", "filing"
    )
    return named.order_by("product__item__position", "pk")


def standings(path: str, totals: Sequence[SupplyTotal]) -> dict[int, Standing]:
    """By product id, for the products of one filing of the institution at `path`; three statements."""
    products = [total.product_id for total in totals]
    filings = {total.filing_id for total in totals}
    options = deliverers(path, products)
    choices = DeliveryChoice.objects.filter(filing__in=filings, product__in=products)
    named = choices.select_related("relation__carrier", "relation__distributor__user")
    chosen = {row.product_id: row for row in named}
    lines = AgreementLine.objects.filter(filing__in=filings, ended_at__isnull=True)
    papers = lines.select_related("agreement__carrier", "agreement__distributor__user")
    standing = {row.product_id: row for row in papers}
    return {
        product: Standing(tuple(options[product]), chosen.get(product), standing.get(product))
        for product in products
    }


def to_draw(standing: Iterable[Standing]) -> Stamp:
    """The relations that 生成协议 would put into agreements, as `drawing` counts them under its locks."""
    rows = [row.choice for row in standing if row.line is None and not row.must_choose_again]
    return Stamp.of_keys(choice.relation_id for choice in rows if choice is not None)


def deliverers(path: str, products: Collection[int]) -> dict[int, list[DeliveryRelation]]:
    """By product, the agreed relations that reach the institution, the nearest place first; one statement.

    A disabled distributor delivers nothing anew: its relations are not among them.
    """
    agreed = DeliveryRelation.objects.all().delivering()
    rows = agreed.filter(path__in=serving(path), product__in=products)
    by_product: dict[int, list[DeliveryRelation]] = defaultdict(list)
    for row in rows.select_related("carrier", "distributor", "area__division").order_by(
        "-path", "pk"
    ):
        by_product[row.product_id].append(row)
    return by_product


def counted(standing: Iterable[Standing]) -> dict[str, int]:
    """How many products there are, can be delivered, are chosen and stand in an agreement in force."""
    rows = list(standing)
    return {
        "products": len(rows),
        "covered": sum(bool(row.options) for row in rows),
        "chosen": sum(row.choice is not None and not row.must_choose_again for row in rows),
        "drawn": sum(row.is_drawn for row in rows),
    }
