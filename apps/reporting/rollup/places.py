"""Where figures stand: bureaus and their names, and which bureau's figures answer a question.

A bureau answers as a whole where all below it has one key; otherwise it is opened: its own institutions by the place
they stand under, and every bureau below.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.db.models import Q

from apps.organizations.models import Division, Level, Organization, Tier
from apps.projects.provinces import SPECIAL, SUFFIXES
from apps.review.models import Filing
from apps.review.statuses import FROZEN
from apps.scope.paths import in_subtree, lineage

from .question import PLACES, Dimension, Header

Keys = tuple[str | None, str | None]


@dataclass(frozen=True, slots=True)
class Bureau:
    """A filing of a bureau in the subtree."""

    pk: int
    parent: int | None
    path: str
    tier: str
    status: str

    @property
    def is_frozen(self) -> bool:
        return self.status in FROZEN


@dataclass(frozen=True, slots=True)
class Unit:
    """A bureau of the tree, whether it has a filing or not."""

    code: str
    name: str
    path: str
    level: str
    tier: str


class Tree:
    """The units at and below the root, as deep as `finest` asks, and whatever stands above it by code alone."""

    def __init__(self, root: Filing, finest: Dimension | None) -> None:
        self.root = root
        self.is_deep = finest in (Dimension.CITY, Dimension.COUNTY)

    @cached_property
    def units(self) -> dict[str, Unit]:
        """By path."""
        rows = Organization.objects.bureaus().filter(in_subtree(self.root.path)).order_by("path")
        if not self.is_deep:
            rows = rows.filter(tier__in=[Tier.ALLIANCE, Tier.PROVINCE])
        fields = ("code", "name", "division__name", "path", "level", "tier")
        return {
            path: Unit(code, division or name, path, level, tier)
            for code, name, division, path, level, tier in rows.values_list(*fields)
        }

    @cached_property
    def bureaus(self) -> list[Bureau]:
        """Parents first; the root and what is right below it where nothing deeper is asked for."""
        rows = Filing.objects.bureaus().filter(
            in_subtree(self.root.path), project_id=self.root.project_id
        )
        if not self.is_deep:
            rows = rows.filter(Q(pk=self.root.pk) | Q(parent_id=self.root.pk))
        fields = ("pk", "parent_id", "path", "tier", "status")
        return [Bureau(*row) for row in rows.order_by("path").values_list(*fields)]

    @cached_property
    def by_code(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units.values()}

    def key(self, path: str, dimension: Dimension) -> str:
        """Of a bureau at `path`: the code of its province, city or county; its own where it stands above that."""
        if dimension == Dimension.PROVINCE:
            return path.split("/")[2] or path.split("/")[1]
        for own in reversed(lineage(path)):
            unit = self.units.get(own)
            if unit and self._is(unit, dimension):
                return unit.code
            if unit is None:
                break
        codes = path.strip("/").split("/")
        above_root = len(self.root.path.strip("/").split("/"))
        is_below = dimension == Dimension.CITY and above_root > _CITY_DEPTH
        return codes[_CITY_DEPTH] if is_below else codes[-1]

    def _is(self, unit: Unit, dimension: Dimension) -> bool:
        if dimension == Dimension.CITY:
            return unit.tier == Tier.CITY
        return unit.level == Level.COUNTY

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
        """In the order of the tree."""
        named = self._names(set(keys), dimension)
        return [
            Header(key, label)
            for key, (_path, label) in sorted(named.items(), key=lambda each: each[1])
        ]

    def _names(self, keys: set[str], dimension: Dimension) -> dict[str, tuple[str, str]]:
        found = {}
        for key in keys & self.by_code.keys():
            unit = self.by_code[key]
            found[key] = (unit.path, self._label(unit, dimension))
        above = keys - found.keys()
        if above:
            codes = {key: key.ljust(6, "0") for key in above}
            names = dict(
                Division.objects.filter(code__in=[*codes, *codes.values()]).values_list(
                    "code", "name"
                )
            )
            for key, code in codes.items():
                found[key] = ("", _short(names.get(key) or names.get(code) or key))
        return found

    def _label(self, unit: Unit, dimension: Dimension) -> str:
        """Cities and counties after what stands above them, where several of them are shown."""
        if dimension == Dimension.PROVINCE:
            return _short(unit.name)
        own = _short(unit.name) if unit.tier == Tier.PROVINCE else unit.name
        if dimension == Dimension.CITY and unit.tier != Tier.CITY:
            return f"{own}（省直属）"
        if dimension == Dimension.COUNTY and unit.level != Level.COUNTY:
            return f"{own}（{'省' if unit.tier == Tier.PROVINCE else '市'}直属）"
        above = self.units.get(unit.path.rsplit("/", 2)[0] + "/")
        is_named = above and above.path != self.root.path and unit.level == Level.COUNTY
        return f"{_short(above.name)}{own}" if above and is_named else own


_CITY_DEPTH = 2


def _short(name: str) -> str:
    return SPECIAL.get(name) or SUFFIXES.sub("", name) or name


@dataclass
class Sources:
    """What is read of one family of tables, by the ids of filings.

    `wholes` are bureaus with all below them, `own` the institutions right below a bureau, both with the number of
    their keys; `opened` are bureaus whose own institutions have the keys of the places they stand under.
    """

    wholes: dict[int, int] = field(default_factory=dict)
    own: dict[int, int] = field(default_factory=dict)
    opened: list[int] = field(default_factory=list)

    @property
    def filings(self) -> list[int]:
        return [*self.wholes, *self.own, *self.opened]


@dataclass
class Plan:
    """Which bureaus answer, from totals where they are frozen, otherwise from the summary."""

    frozen: Sources = field(default_factory=Sources)
    working: Sources = field(default_factory=Sources)
    keys: list[Keys] = field(default_factory=list)
    places: dict[str, int] = field(default_factory=dict)
    shown: dict[Dimension, set[str]] = field(default_factory=dict)


class Planner:
    """Makes the plan of one question."""

    def __init__(
        self,
        root: Filing,
        rows: Dimension,
        columns: Dimension | None,
        filters: Mapping[Dimension, Sequence[str]],
        *,
        by_status: bool,
    ) -> None:
        self.axes = [each if each in PLACES else None for each in (rows, columns)]
        self.filters = {each: set(filters[each]) for each in PLACES if filters.get(each)}
        used = [each for each in PLACES if each in self.axes or each in self.filters]
        self.finest = used[-1] if used else None
        self.used = used
        self.tree = Tree(root, self.finest)
        self.by_status = by_status
        self.plan = Plan(shown={each: set() for each in used})
        self._numbers: dict[Keys, int] = {}

    def make(self) -> Plan:
        bureaus = self.tree.bureaus
        below: dict[int | None, list[Bureau]] = {}
        for bureau in bureaus:
            below.setdefault(bureau.parent, []).append(bureau)
        self._visit(bureaus[0], below, is_root=True)
        if self.plan.frozen.opened or self.plan.working.opened:
            for unit in self.tree.units.values():
                number = self._number(unit.path)
                if number is not None:
                    self.plan.places[unit.code] = number
        return self.plan

    def _visit(
        self, bureau: Bureau, below: Mapping[int | None, Sequence[Bureau]], *, is_root: bool = False
    ) -> None:
        frozen = bureau.is_frozen and not self.by_status
        family = self.plan.frozen if frozen else self.plan.working
        is_opened = is_root and not frozen and not self.by_status
        if self.tree.is_whole(bureau, self.finest):
            number = self._number(bureau.path, is_shown=True)
            if number is not None:
                (family.own if is_opened else family.wholes)[bureau.pk] = number
            if not is_opened or number is None:
                return
        elif bureau.tier != Tier.ALLIANCE:
            family.opened.append(bureau.pk)
        for child in below.get(bureau.pk, ()):
            if not frozen or child.is_frozen:
                self._visit(child, below)

    def _number(self, path: str, *, is_shown: bool = False) -> int | None:
        """The number of a place's keys; `None` where a filter leaves it out."""
        keys = {each: self.tree.key(path, each) for each in self.used}
        if any(keys[each] not in wanted for each, wanted in self.filters.items()):
            return None
        if is_shown:
            for each, key in keys.items():
                self.plan.shown[each].add(key)
        pair = (
            keys[self.axes[0]] if self.axes[0] else None,
            keys[self.axes[1]] if self.axes[1] else None,
        )
        if pair not in self._numbers:
            self._numbers[pair] = len(self.plan.keys)
            self.plan.keys.append(pair)
        return self._numbers[pair]
