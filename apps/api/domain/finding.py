"""Items by code: ours (品规编号) or the national one (药品统一编码, 耗材编码), never by name.

Invariant: a code that names nothing, or more than one item, is told with all others of its kind; nothing is guessed.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Q

from apps.projects.models import CatalogItem, Project


@dataclass(frozen=True, slots=True)
class Found:
    """Items by the code that was sent; `unknown` name nothing, `ambiguous` several items."""

    items: Mapping[str, int]
    unknown: tuple[str, ...]
    ambiguous: tuple[str, ...]


def items_by_code(project: Project, codes: Collection[str]) -> Found:
    """One statement. Our own code goes before a national one that reads the same."""
    rows = CatalogItem.objects.filter(
        Q(item_code__in=codes) | Q(unified_code__in=codes), project=project, is_withdrawn=False
    )
    own: dict[str, int] = {}
    national: dict[str, list[int]] = {}
    for pk, item_code, unified_code in rows.values_list("pk", "item_code", "unified_code"):
        own[item_code] = pk
        national.setdefault(unified_code, []).append(pk)
    items: dict[str, int] = {}
    unknown: list[str] = []
    ambiguous: list[str] = []
    for code in dict.fromkeys(codes):
        named = [own[code]] if code in own else national.get(code, []) if code else []
        if len(named) == 1:
            items[code] = named[0]
        else:
            (ambiguous if named else unknown).append(code)
    return Found(items, tuple(unknown), tuple(ambiguous))
