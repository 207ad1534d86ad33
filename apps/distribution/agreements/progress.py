"""How far the agreements of a project are, place by place below the viewer's (coverage and signing)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    CharField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    OuterRef,
    Q,
    QuerySet,
    Value,
)

from apps.allocation.models import SupplyTotal
from apps.distribution.models import (
    AgreementLine,
    AgreementStatus,
    DeliveryChoice,
    DeliveryRelation,
)
from apps.organizations.models import Organization, Tier
from apps.projects.models import Project
from apps.scope.paths import in_subtree

DIRECT = "-/"
COUNTED = ("covered", "chosen", "drawn", "signed")


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of (institution, product) at one place."""

    code: str
    name: str
    products: int
    covered: int
    chosen: int
    drawn: int
    signed: int

    @property
    def rate(self) -> float:
        """Signed of all, in per cent."""
        return 100 * self.signed / self.products if self.products else 0


def progress_of(project: Project, top: str) -> list[Progress]:
    """One row for each unit directly below `top` that has agreed products; two statements."""
    rows = _with_steps(project, top)
    place = Func(
        F("path"), Value("/"), Value(top.count("/") + 1), function="SPLIT_PART", output_field=CharField()
    )  # fmt: skip
    counts = {name: Count("pk", filter=Q(**{name: True})) for name in COUNTED}
    found = (
        rows.annotate(place=place)
        .values("place")
        .annotate(products=Count("pk"), **{f"n_{name}": count for name, count in counts.items()})
        .order_by("place")
    )
    parts = list(found)
    names = _names([part["place"] for part in parts])
    return [
        Progress(
            part["place"],
            names.get(part["place"], part["place"]),
            part["products"],
            *(part[f"n_{name}"] for name in COUNTED),
        )
        for part in parts
    ]


def summed(rows: Sequence[Progress]) -> Progress:
    """All places together."""
    total = {name: sum(getattr(row, name) for row in rows) for name in ("products", *COUNTED)}
    return Progress("", "合计", **total)


def _with_steps(project: Project, top: str) -> QuerySet[Any]:
    """Agreed products of institutions with what became of each."""
    rows = SupplyTotal.objects.filter(
        in_subtree(top), filing__project=project, filing__tier=Tier.INSTITUTION
    ).order_by()
    lines = AgreementLine.objects.filter(
        filing=OuterRef("filing"), product=OuterRef("product"), ended_at__isnull=True
    )
    choices = DeliveryChoice.objects.filter(filing=OuterRef("filing"), product=OuterRef("product"))
    return rows.annotate(
        covered=Exists(_reaching()),
        chosen=Exists(choices),
        drawn=Exists(lines),
        signed=Exists(lines.filter(agreement__status=AgreementStatus.SIGNED)),
    )


def _reaching() -> QuerySet[Any]:
    """Agreed relations whose place contains the institution, or is 直属 of the unit right above it."""
    above = Func(
        OuterRef("path"), Value(r"[^/]+/$"), Value(DIRECT), function="REGEXP_REPLACE", output_field=CharField()
    )  # fmt: skip
    rows = DeliveryRelation.objects.agreed().filter(product=OuterRef("product"))
    here = ExpressionWrapper(OuterRef("path"), output_field=CharField())
    placed = rows.annotate(at=here, directly=above)
    found: QuerySet[Any] = placed.filter(Q(at__startswith=F("path")) | Q(directly=F("path")))
    return found


def _names(codes: Sequence[str]) -> dict[str, str]:
    units = Organization.objects.filter(code__in=codes)
    return dict(units.values_list("code", "name"))
