"""What the pages of a project count."""

from dataclasses import dataclass

from django.db.models import Count, Q

from apps.organizations.models import Organization, Tier
from apps.projects.domain.windows.who_may import path_part
from apps.projects.models import CatalogItem, Obligation, Participation, Project, WinningProduct
from apps.scope.paths import in_subtree

DIRECT = "直属机构"


@dataclass(frozen=True, slots=True)
class AreaCount:
    """Participants in one area below the viewer."""

    name: str
    required: int
    voluntary: int

    @property
    def total(self) -> int:
        return self.required + self.voluntary


def participants_by_area(project: Project, top: str) -> list[AreaCount]:
    """Counts for each bureau directly below `top`; what hangs on `top` itself comes last as 直属机构."""
    depth = top.count("/")
    rows = (
        Participation.objects.filter(in_subtree(top), project=project)
        .order_by()
        .values_list(path_part(depth))
        .annotate(
            required=Count("pk", filter=Q(obligation=Obligation.REQUIRED)),
            voluntary=Count("pk", filter=Q(obligation=Obligation.VOLUNTARY)),
        )
    )
    names = _names_below(top)
    counted = {code: (required, voluntary) for code, required, voluntary in rows}
    areas = [AreaCount(name, *counted[code]) for code, name in names.items() if code in counted]
    direct = [pair for code, pair in counted.items() if code not in names]
    if direct:
        areas.append(AreaCount(DIRECT, sum(r for r, _ in direct), sum(v for _, v in direct)))
    return areas


def _names_below(top: str) -> dict[str, str]:
    bureaus = Organization.objects.filter(parent__path=top).exclude(tier=Tier.INSTITUTION)
    rows = bureaus.select_related("division").order_by("path")
    return {row.code: row.division.name if row.division else row.name for row in rows}


@dataclass(frozen=True, slots=True)
class CatalogueCount:
    """How large the catalogue is."""

    items: int
    groups: int
    winners: int
    enterprises: int


def catalogue_count(project: Project) -> CatalogueCount:
    """Two statements."""
    items = CatalogItem.objects.filter(project=project).aggregate(
        items=Count("pk"), groups=Count("product_group", distinct=True)
    )
    winners = WinningProduct.objects.filter(project=project).aggregate(
        winners=Count("pk"), enterprises=Count("enterprise", distinct=True)
    )
    return CatalogueCount(**items, **winners)
