"""The bureaus at and below a root, with their filings, their names and the place that each stands in."""

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.db.models import Q

from apps.organizations.models import Division, Level, Organization, Tier
from apps.projects.models.provinces import SPECIAL, SUFFIXES
from apps.reporting.domain.rollup.question import Dimension, Header
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN
from apps.scope.paths import in_subtree, lineage

_CITY_DEPTH = 2


class Bureau(NamedTuple):
    """A filing of a bureau in the subtree."""

    pk: int
    parent: int | None
    path: str
    tier: str
    status: str

    @property
    def is_frozen(self) -> bool:
        return self.status in FROZEN


class Unit(NamedTuple):
    """A bureau of the tree, whether it has a filing or not."""

    code: str
    name: str
    path: str
    level: str
    tier: str
    city: str | None = None
    county: str | None = None
    """Codes of the city and the county that it stands in or is."""


class Tree:
    """Filings and units below a root: two statements, three where `within` names places.

    Nothing deeper than what is right below the root is read unless `is_deep`. `within` leaves out what neither
    stands in nor above any of these bureaus.
    """

    def __init__(self, root: Filing, *, is_deep: bool, within: Collection[str] = ()) -> None:
        self.root, self.is_deep = root, is_deep
        self._where = self._near(within) if within else in_subtree(root.path)

    def _near(self, codes: Collection[str]) -> Q:
        """At or below these bureaus, or above them; what stands above the root has all of it below."""
        if not set(codes).isdisjoint(self.root.path.split("/")):
            return in_subtree(self.root.path)
        known = Organization.objects.bureaus().filter(in_subtree(self.root.path), code__in=codes)
        paths = set(known.values_list("path", flat=True))
        above = {self.root.path, *(above for path in paths for above in lineage(path))}
        where = Q(path__in=above)
        for path in paths:
            where |= in_subtree(path)
        return where & in_subtree(self.root.path)

    @cached_property
    def bureaus(self) -> Sequence[Bureau]:
        """Parents first. Raises `Filing.DoesNotExist` where the root isn't in the scope."""
        rows = Filing.objects.bureaus().filter(self._where, project_id=self.root.project_id)
        if not self.is_deep:
            rows = rows.filter(Q(pk=self.root.pk) | Q(parent_id=self.root.pk))
        fields = ("pk", "parent_id", "path", "tier", "status")
        bureaus = [Bureau(*row) for row in rows.order_by("path").values_list(*fields)]
        if not bureaus or bureaus[0].pk != self.root.pk:
            raise Filing.DoesNotExist
        return bureaus

    @cached_property
    def units(self) -> dict[str, Unit]:
        """By path, parents first."""
        rows = Organization.objects.bureaus().filter(self._where)
        if not self.is_deep:
            rows = rows.filter(tier__in=[Tier.ALLIANCE, Tier.PROVINCE])
        fields = ("code", "name", "division__name", "path", "level", "tier")
        by_code: dict[str, Unit] = {}
        for code, name, division, path, level, tier in rows.order_by("path").values_list(*fields):
            above = by_code.get(path[: -len(code) - 1])
            city = above.city if above else _city_of(path)
            county = above.county if above else None
            by_code[path] = Unit(
                code,
                division or name,
                path,
                level,
                tier,
                code if tier == Tier.CITY else city,
                code if level == Level.COUNTY else county,
            )
        return by_code

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units.values()}

    def key(self, path: str, dimension: Dimension) -> str:
        """Of a bureau at `path` the code of its province, city or county; its own where it stands above that."""
        if dimension == Dimension.PROVINCE:
            codes = path.split("/")
            return codes[2] or codes[1]
        unit = self.units[path]
        return (unit.city if dimension == Dimension.CITY else unit.county) or unit.code

    def is_whole(self, bureau: Bureau, dimension: Dimension | None) -> bool:
        """Whether all below the bureau has one key."""
        if dimension is None:
            return True
        if dimension == Dimension.PROVINCE:
            return bureau.tier != Tier.ALLIANCE
        if dimension == Dimension.CITY:
            return bureau.tier in (Tier.CITY, Tier.COUNTY)
        return self.units[bureau.path].level == Level.COUNTY

    def headers(self, dimension: Dimension, keys: Iterable[str]) -> list[Header]:
        """In the order of the tree, first what stands above it."""
        wanted = set(keys)
        above = sorted(self._names_above(wanted - self.by_code.keys()), key=lambda node: node.label)
        below = [unit for unit in self.units.values() if unit.code in wanted]
        return [*above, *(Header(unit.code, self._label(unit, dimension)) for unit in below)]

    def _names_above(self, keys: set[str]) -> list[Header]:
        if not keys:
            return []
        codes = {key: key.ljust(6, "0") for key in keys}
        divisions = Division.objects.filter(code__in=[*codes, *codes.values()])
        names = dict(divisions.values_list("code", "name"))
        return [
            Header(key, _short(names.get(key) or names.get(code) or key))
            for key, code in codes.items()
        ]

    def _label(self, unit: Unit, dimension: Dimension) -> str:
        """Cities and counties after what stands above them, where several of them are shown."""
        if dimension == Dimension.PROVINCE:
            return _short(unit.name)
        own = _short(unit.name) if unit.tier == Tier.PROVINCE else unit.name
        if dimension == Dimension.CITY and unit.tier != Tier.CITY:
            return f"{own}（省直属）"
        if dimension == Dimension.COUNTY and unit.level != Level.COUNTY:
            return f"{own}（{'省' if unit.tier == Tier.PROVINCE else '市'}直属）"
        above = self.units.get(unit.path[: -len(unit.code) - 1])
        is_named = above and above.path != self.root.path and unit.level == Level.COUNTY
        return f"{_short(above.name)}{own}" if above and is_named else own


def _city_of(path: str) -> str | None:
    """The city's code in the path of a root that stands below the provinces."""
    codes = path.strip("/").split("/")
    return codes[_CITY_DEPTH] if len(codes) > _CITY_DEPTH else None


@lru_cache(maxsize=10_000)
def _short(name: str) -> str:
    return SPECIAL.get(name) or SUFFIXES.sub("", name) or name
