"""Changes in words: fields by their labels, values by their choices, other rows by their names.

Invariant: a name is read only of what a change that the reader sees refers to.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime

from apps.audit.domain.change_triggers import TRACKED
from apps.audit.models import Change
from apps.organizations.domain.phones import masked
from apps.scope.context import whole_country
from apps.ui.formats import NOTHING, moment

ITEM = ("item_code", "variety", "specification")
NAMES: Mapping[str, tuple[str, ...]] = {
    "projects.catalogitem": ITEM,
    "projects.winningproduct": (*(f"item__{name}" for name in ITEM), "enterprise__name"),
    "distribution.distributoraccount": ("enterprise__name",),
    "accounts.user": ("name", "username"),
}
"""What other rows are called by; those not named here have a `name`."""
NOT_SHOWN = frozenset({"path", "version", "copied_from_id"})
PHONES = frozenset({"phone"})
HIDDEN_DIFFERENCE = "（隐去的几位不同）"
MOST_WORDS = max(map(len, NAMES.values()))
GONE = "（已删除）"
PROJECT = "projects.project"

Names = Mapping[tuple[str, int], str]


class NotSeen(LookupError):
    """There is no such thing, or it is not the reader's to see."""


@dataclass(frozen=True, slots=True)
class Line:
    """One field of a change."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ToldChange:
    """A change as pages and workbooks show it."""

    change: Change
    kind: str
    project: str
    lines: tuple[Line, ...]

    @property
    def name(self) -> str:
        """The project's own name where the row has none."""
        return self.change.name or self.project


def kinds() -> list[tuple[str, str]]:
    """What changes are told of, for a choice."""
    return [(label, str(model._meta.verbose_name)) for label, model in TRACKED.items()]


def changes_of(kind: str, pk: int) -> tuple[models.QuerySet[Any], Any]:
    """The changes of one thing and the thing; of a project all of its, of a unit its accounts' as well.

    Raises `NotSeen`.
    """
    model: Any = TRACKED.get(kind)
    thing = model.objects.filter(pk=pk).first() if model else None
    if thing is None:
        raise NotSeen
    changes: models.QuerySet[Any] = Change.objects.all()
    if kind == PROJECT:
        return changes.filter(project_id=pk), thing
    if kind == "organizations.organization":
        return changes.filter(path=thing.path, project_id__isnull=True), thing
    return changes.filter(kind=kind, object_id=pk), thing


def told(changes: Iterable[Change]) -> list[ToldChange]:
    """These changes in words; names of the same kind are read together."""
    found = list(changes)
    names = _names(found)
    return [_told(change, names) for change in found]


def _told(change: Change, names: Names) -> ToldChange:
    model = TRACKED.get(change.kind)
    fields = _fields(model) if model else {}
    shown = [name for name in fields if name not in NOT_SHOWN]
    shown += sorted({*change.before, *change.after} - fields.keys())
    lines = (
        _line(change, name, fields.get(name), names)
        for name in shown
        if name in change.before or name in change.after
    )
    project = names.get((PROJECT, change.project_id), GONE) if change.project_id else ""
    kind = str(model._meta.verbose_name) if model else change.kind
    said = tuple(line for line in lines if line.before != line.after)
    return ToldChange(change, kind, project, said)


def _line(change: Change, column: str, field: Any, names: Names) -> Line:
    label = str(field.verbose_name) if field is not None else column
    before, after = (_value(row.get(column), field, names) for row in (change.before, change.after))
    return (
        Line(label, *_shortened(before, after)) if column in PHONES else Line(label, before, after)
    )


def _shortened(*numbers: str) -> tuple[str, str]:
    """Telephone numbers as they may stand before everybody; also where only what is hidden differs."""
    before, after = (number if number == NOTHING else masked(number) for number in numbers)
    is_hidden = before == after and len(set(numbers)) > 1
    return before, f"{after}{HIDDEN_DIFFERENCE}" if is_hidden else after


def _fields(model: type[models.Model]) -> dict[str, Any]:
    return {str(field.column): field for field in model._meta.concrete_fields}


def _value(value: Any, field: Any, names: Names) -> str:
    if value in (None, "", []):
        return NOTHING
    if isinstance(value, list):
        return "、".join(_value(part, getattr(field, "base_field", None), names) for part in value)
    if field is not None and field.is_relation:
        return names.get((field.related_model._meta.label_lower, value), GONE)
    return _plain(value, field)


def _plain(value: Any, field: Any) -> str:
    """A value of the row itself, as its field would show it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    labels = dict(getattr(field, "flatchoices", None) or ())
    if value in labels:
        return str(labels[value])
    if isinstance(field, models.DateTimeField):
        return moment(parse_datetime(value))
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def _names(changes: Iterable[Change]) -> Names:
    """Read with one statement, whatever they are names of."""
    asked: dict[type[models.Model], set[int]] = defaultdict(set)
    for model, pk in _referred(changes):
        asked[model].add(pk)
    if not asked:
        return {}
    # What a visible change refers to may stand above the reader: the superior of a unit, say.
    with whole_country(reason="names in changes"):
        first, *others = (_called(model, pks) for model, pks in asked.items())
        return {
            (label, pk): _joined(label, words)
            for label, pk, *words in first.union(*others, all=True)
        }


def _called(model: Any, pks: set[int]) -> Any:
    label = model._meta.label_lower
    words = NAMES.get(label, ("name",))
    none = [models.Value("")] * (MOST_WORDS - len(words))
    rows = model.objects.filter(pk__in=pks)
    return rows.values_list(models.Value(label), "pk", *words, *none)


def _joined(label: str, words: list[str]) -> str:
    found = list(filter(None, words))
    return found[0] if label == "accounts.user" else " ".join(found)


def _referred(changes: Iterable[Change]) -> Iterator[tuple[type[models.Model], Any]]:
    for change in changes:
        if change.project_id:
            yield TRACKED[PROJECT], change.project_id
        model = TRACKED.get(change.kind)
        for column, field in (_fields(model) if model else {}).items():
            if not field.is_relation or column in NOT_SHOWN:
                continue
            for row in (change.before, change.after):
                if row.get(column) is not None:
                    yield field.related_model, row[column]
