"""The region of a list of institutions: province, then city, then county, as far as the viewer sees them."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django.db.models import Q, QuerySet

from apps.organizations.models import Organization, Tier
from apps.scope.paths import in_subtree

LEVELS = ((Tier.PROVINCE, "省份"), (Tier.CITY, "地市"), (Tier.COUNTY, "区县"))


class RegionFilterSet(django_filters.FilterSet):
    """Offers the cities of the chosen province and the counties of the chosen city; works without JavaScript.

    `path_lookup` is where the listed rows keep their path. A level with nothing to choose is left out.
    """

    path_lookup = "path"

    province = django_filters.ChoiceFilter(label="省份", method="within", empty_label="全部")
    city = django_filters.ChoiceFilter(label="地市", method="within", empty_label="全部")
    county = django_filters.ChoiceFilter(label="区县", method="within", empty_label="全部")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.paths: dict[str, str] = {}
        above = ""
        for tier, _ in LEVELS:
            name = tier.value
            bureaus = list(_bureaus(tier, above)) if above or tier == self.top else []
            self.paths |= {code: path for code, _, path in bureaus}
            if len(bureaus) > 1 or (bureaus and above):
                self.filters[name].extra["choices"] = [(code, title) for code, title, _ in bureaus]
            else:
                del self.filters[name]
            above = self.paths.get(self.data.get(name, ""), "")

    @property
    def top(self) -> Tier:
        """The highest tier that the viewer has to choose from."""
        path = self.request.user.path
        depth = path.count("/") - 1
        return LEVELS[min(depth, len(LEVELS)) - 1][0]

    def within(self, queryset: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return queryset.filter(self.place(value))

    def place(self, code: str) -> Q:
        return in_subtree(self.paths[code], self.path_lookup)


def _bureaus(tier: Tier, above: str) -> Iterable[tuple[str, str, str]]:
    """Code, short name and path of the bureaus of a tier, below `above` if given."""
    rows = Organization.objects.filter(tier=tier).select_related("division")
    if above:
        rows = rows.below(above)
    for bureau in rows.order_by("path"):
        title = bureau.division.name if bureau.division else bureau.name
        yield bureau.code, title, bureau.path
