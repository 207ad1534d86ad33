"""办理情况: what is still open in a round at one place of the tree, for every page that speaks of it.

Invariants: a figure is counted here and nowhere else, so that 办结, 提交, the lists and the project show the same;
all figures of a place are one statement, however many apps contribute. Quantities of different units are never summed.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS
from django.db.models import BigIntegerField, QuerySet, TextField, Value
from django.db.models.functions import Cast

from apps.projects.models import Project
from apps.review.domain.refusals import ActionRefused
from apps.scope.paths import ROOT, province_path, subtree_bounds
from apps.scope.prepared import MARK, Prepared


@dataclass(frozen=True, slots=True)
class Place:
    """A unit's subtree in a round. `at` is its filing's id, where it isn't the reader's own unit."""

    project: Project
    path: str
    at: int = 0

    @property
    def query(self) -> str:
        """What the pages of the subtree are asked with."""
        return f"at={self.at}" if self.at else ""


class Fact(NamedTuple):
    """One row of the statement: `text` tells the rows of a fact apart, the numbers mean what the contributor says."""

    name: str
    text: str
    number: int
    other: int
    quantity: int


Facts = Mapping[str, Sequence[Fact]]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the list: `13 / 15 家`, a remark, the list behind it. `is_open`: it waits, or will be missing."""

    key: str
    label: str
    value: str
    note: str = ""
    href: str = ""
    is_open: bool = False

    @property
    def words(self) -> str:
        return f"{self.label} {self.value}" + (f"（{self.note}）" if self.note else "")


@dataclass(frozen=True, slots=True)
class Contributor:
    """What an app knows of a round: querysets made by `fact`, and the lines that follow from their rows.

    `ask` must answer with nothing where the app has no say. It is asked once for all projects of a kind, concluded
    or not, and all places of a depth: of the project it may read nothing else, and hand it and the place's path to
    querysets only.
    """

    ask: Callable[[Place], Sequence[QuerySet[Any]]]
    tell: Callable[[Place, Facts], Sequence[Line]]


@dataclass(frozen=True, slots=True)
class Checklist:
    """The lines of a place, in the order of the ladder."""

    lines: tuple[Line, ...]

    @property
    def open_lines(self) -> list[Line]:
        return [line for line in self.lines if line.is_open]

    @property
    def sentence(self) -> str:
        """What is open, in numbers: `未上报 2 / 15 家、未能分配 37 项（980,148 片、149,000 支）`."""
        return "、".join(line.words for line in self.open_lines)

    @property
    def brief(self) -> list[Line]:
        """What stands on a folded list: who takes part, who has reported, and what is open."""
        return [line for line in self.lines if line.is_open or line.key in HEADLINE]


HEADLINE = frozenset({"participants", "reported"})
NUMBERS = ("number", "other", "quantity")
_contributors: list[tuple[int, Contributor]] = []


def register_contributor(contributor: Contributor, *, position: int) -> None:
    """Called once by each app that knows something of a round; lines stand in the order of positions."""
    _contributors.append((position, contributor))
    _contributors.sort(key=lambda pair: pair[0])


def fact(rows: QuerySet[Any], name: str, *, text: Any = "", **numbers: Any) -> QuerySet[Any]:
    """Rows of the statement: grouped by `text`, each with aggregates as its `number`, `other` and `quantity`."""
    own = Value(text) if text == "" else text
    counted = {
        f"fact_{column}": Cast(numbers.get(column, Value(0)), BigIntegerField())
        for column in NUMBERS
    }
    named = rows.order_by().annotate(fact_name=Value(name), fact_text=Cast(own, TextField()))
    grouped = named.values("fact_name", "fact_text").annotate(**counted)
    return grouped.values_list("fact_name", "fact_text", *counted)  # type: ignore[no-any-return]


def checklist_of(project: Project, path: str, *, at: int = 0) -> Checklist:
    """What is open in the subtree of a path; one statement."""
    place = Place(project, path, at)
    prepared = _prepared(project.kind, project.concluded_at is not None, path.count("/"))
    facts: dict[str, list[Fact]] = defaultdict(list)
    for row in prepared(project=project.pk, **_places(path)):
        facts[row[0]].append(Fact(row[0], row[1] or "", *(int(number or 0) for number in row[2:])))
    return Checklist(
        tuple(line for _, contributor in _contributors for line in contributor.tell(place, facts))
    )


NO_PROJECT = -(2**62)


@cache
def _prepared(kind: str, is_concluded: bool, slashes: int) -> Prepared[tuple[Any, ...]]:  # noqa: FBT001
    """What all contributors ask, compiled once: compiling it takes longer than running it."""
    known = {"id": NO_PROJECT, "kind": kind, "concluded_at": is_concluded or None}
    # Whatever else a contributor reads of it is looked for in the database, and isn't there.
    project = Project.from_db(DEFAULT_DB_ALIAS, list(known), list(known.values()))
    path = "/" + f"{MARK}/" * (slashes - 1)
    # The country is one place, and querysets may tell it from all others.
    place = Place(project, ROOT if slashes == ROOT.count("/") else path)

    def build() -> QuerySet[Any]:
        first, *rest = [rows for _, contributor in _contributors for rows in contributor.ask(place)]
        return first.union(*rest, all=True) if rest else first

    stand_ins = {value: name for name, value in _places(place.path).items()}
    return Prepared(build, {**stand_ins, NO_PROJECT: "project"})


def _places(path: str) -> dict[str, str]:
    """Everything that querysets make of a place."""
    low, high = subtree_bounds(path)
    return {"province": province_path(path), "high": high, "low": low}


def of(number: int, total: int, unit: str = "家") -> str:
    """`13 / 15 家`."""
    return f"{number:,} / {total:,} {unit}"


def check_confirmed(checklist: Checklist, *, confirmed: bool) -> None:
    """Raises `ActionRefused` with the numbers where something is open and nobody said that it may stay so."""
    if checklist.open_lines and not confirmed:
        raise ActionRefused(f"还有没办完的：{checklist.sentence}。请核对并勾选确认后再办理。")
