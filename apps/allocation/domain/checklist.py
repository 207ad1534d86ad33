"""What allocation adds to 办理情况: 未能分配, capacity that is used up, and what was generated from a demand round."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, QuerySet, Sum, TextField, Value
from django.db.models.functions import Concat
from django.urls import reverse

from apps.allocation.domain.filters import NO_PACK_LEFT
from apps.allocation.domain.reads import supplies
from apps.allocation.domain.unplaced import LEFT, unplaced_rows
from apps.allocation.models import Generation
from apps.projects.models import Phase, ProjectKind
from apps.review.domain.checklist import Contributor, Fact, Facts, Line, Place, fact, of

UNPLACED, EXHAUSTED, GENERATED = "unplaced", "exhausted", "generated"


def facts_of(place: Place) -> list[QuerySet[Any]]:
    if place.project.kind == ProjectKind.ALLOCATION:
        return [_unplaced(place), _exhausted(place)]
    if place.project.kind == ProjectKind.DEMAND:
        made = Generation.objects.filter(source=place.project)
        standing = Concat("project__phase", Value(" "), "project__code", output_field=TextField())
        return [fact(made, GENERATED, text=standing, number=Count("pk"))]
    return []


def _unplaced(place: Place) -> QuerySet[Any]:
    """By unit of measure: items and their quantity; an item has one unit."""
    return fact(
        unplaced_rows(place.project, place.path),
        UNPLACED,
        text=F("item__unit"),
        number=Count("item", distinct=True),
        quantity=Sum(LEFT),
    )


def _exhausted(place: Place) -> QuerySet[Any]:
    """Of the products that supply the place's province: those without a whole pack left, and all."""
    used = Count("pk", filter=NO_PACK_LEFT)
    return fact(supplies(place.project, place.path), EXHAUSTED, number=used, other=Count("pk"))


def lines_of(place: Place, facts: Facts) -> list[Line]:
    if place.project.kind == ProjectKind.ALLOCATION:
        return [_unplaced_line(place, facts.get(UNPLACED, ())), *_exhausted_line(place, facts)]
    if place.project.kind == ProjectKind.DEMAND:
        return _generated_line(facts.get(GENERATED, ()))
    return []


def _unplaced_line(place: Place, rows: Sequence[Fact]) -> Line:
    items = sum(row.number for row in rows)
    totals = "、".join(f"{row.quantity:,} {row.text}" for row in sorted(rows, key=_largest_first))
    href = reverse("allocation:unplaced_list", args=[place.project.code])
    href = f"{href}?{place.query}".rstrip("?")
    return Line(UNPLACED, "未能分配", f"{items:,} 项", totals, href, is_open=items > 0)


def _largest_first(row: Fact) -> tuple[int, str]:
    return -row.quantity, row.text


def _exhausted_line(place: Place, facts: Facts) -> list[Line]:
    exhausted = facts.get(EXHAUSTED, ())
    if not exhausted:
        return []
    (row,) = exhausted
    href = reverse("allocation:supply_list", args=[place.project.code])
    value = of(row.number, row.other, "个")
    return [Line(EXHAUSTED, "产能用完的中选产品", value, href=f"{href}?left=none")]


def _generated_line(rows: Sequence[Fact]) -> list[Line]:
    made = sorted(row.text.split(" ", 1) for row in rows)
    names = "、".join(f"{code}（{Phase(phase).label}）" for phase, code in made)
    href = reverse("projects:project_list")
    if len(made) == 1:
        href = reverse("projects:project_detail", args=[made[0][1]])
    return [Line(GENERATED, "由此生成的分量任务", f"{len(made):,} 个", names, href)]


ALLOCATION = Contributor(facts_of, lines_of)
