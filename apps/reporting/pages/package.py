"""A bureau's package on its page, before 提交 and for the tier above: by item as it is judged, or by the units below.

Paged by `?part=`, ordered by `?show=`; a constant number of statements.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator

from apps.organizations.models import Tier
from apps.projects.models import ProjectKind
from apps.reporting.domain.oddities.kinds import BEYOND
from apps.reporting.domain.packages.reading import PackageItem, largest, package_items
from apps.reporting.domain.packages.sql import Wanted
from apps.reporting.domain.rollup import Dimension
from apps.reporting.domain.sums import Sum, sums_of
from apps.reporting.files.columns import bought_title
from apps.review.domain.labels import status_text, status_tone
from apps.review.models import Filing
from apps.ui import formats

ROWS_PER_PAGE = 50
TABS = {
    "change": "变化最大的在前",
    "amount": "金额最大的在前",
    "item": "按目录",
    "units": "按下级单位",
}
ORDERS: Mapping[str, Callable[[PackageItem], Any]] = {
    "change": lambda item: -item.weight,
    "amount": lambda item: -(item.amount or 0),
}
PLACES = {
    Tier.PROVINCE: Dimension.PROVINCE,
    Tier.CITY: Dimension.CITY,
    Tier.COUNTY: Dimension.COUNTY,
}
BELOW = {
    Tier.ALLIANCE: Dimension.PROVINCE,
    Tier.PROVINCE: Dimension.CITY,
    Tier.CITY: Dimension.COUNTY,
}
FAR = Fraction(BEYOND, 10)


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item with the units right below that want most of it."""

    total: PackageItem
    most: Sequence[Wanted]

    @property
    def is_far(self) -> bool:
        return self.total.weight > FAR

    @property
    def most_words(self) -> str:
        """`甲医院 1,200（38%）、乙医院 …`."""
        return "、".join(
            f"{one.unit} {formats.whole(one.quantity)}（{one.quantity * 100 // self.total.quantity}%）"
            for one in self.most
        )


@dataclass(frozen=True, slots=True)
class DetailUnit:
    """One unit directly below a bureau, with what its filing holds."""

    filing: Filing
    total: Sum

    @property
    def status_text(self) -> str:
        return status_text(self.filing)

    @property
    def status_tone(self) -> str:
        return status_tone(self.filing)


def package(filing: Filing, params: Mapping[str, str]) -> dict[str, Any]:
    """The context of `reporting/_package.html`."""
    compares = filing.project.kind == ProjectKind.DEMAND
    views = [name for name in TABS if compares or name != "change"]
    show = params.get("show", "")
    show = show if show in views else views[0]
    shown = _units(filing, params) if show == "units" else _items(filing, params, show)
    return shown | {
        "compares": compares,
        "bought": bought_title(filing.project.baseline_years),
        "tabs": [
            {"label": TABS[name], "href": f"?{kept(params, show=name)}", "current": name == show}
            for name in views
        ],
        "kept": kept(params, show=show),
        "pivot": _pivot_query(filing),
    }


def _items(filing: Filing, params: Mapping[str, str], show: str) -> dict[str, Any]:
    every = package_items(filing)
    page = paged(sorted(every, key=ORDERS[show]) if show in ORDERS else every, params)
    below = list(page.object_list)
    most = largest(filing, below) if below else {}
    return {"page": page, "rows": [ItemRow(item, most.get(item.item.pk, ())) for item in below]}


def _units(filing: Filing, params: Mapping[str, str]) -> dict[str, Any]:
    children = (
        Filing.objects.children_of(filing)
        .select_related("organization", "project")
        .order_by("path")
    )
    page = paged(children, params)
    below = list(page.object_list)
    totals = sums_of(below)
    return {
        "page": page,
        "units": [DetailUnit(child, totals.get(child.pk, Sum())) for child in below],
    }


def _pivot_query(filing: Filing) -> str:
    """The same in 多维度查看: items by place."""
    asked = {"rows": Dimension.ITEM.value}
    if columns := BELOW.get(Tier(filing.tier)):
        asked["columns"] = columns.value
    if place := PLACES.get(Tier(filing.tier)):
        asked[place.value] = filing.organization.code
    return urlencode(asked)


def kept(params: Mapping[str, str], **changes: str) -> str:
    """The address with everything but the part of the table."""
    return urlencode({k: v for k, v in {**params, **changes}.items() if k != "part"})


def paged(rows: Any, params: Mapping[str, str]) -> Page[Any]:
    return Paginator(rows, ROWS_PER_PAGE).get_page(params.get("part"))
