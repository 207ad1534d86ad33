"""What bases and agreed volumes add to 办理情况 of a demand round: the versions, and ranks that nobody holds."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet
from django.urls import reverse

from apps.projects.models import Project, ProjectKind
from apps.review.domain.checklist import Contributor, Fact, Facts, Line, Place, fact, of
from apps.volumes.models import AgreedVersion, BaseVersion, State, WinnerShare
from apps.volumes.models.base import Version

BASE, AGREED, RANKS = "base", "agreed", "ranks"
NOBODY = Q(enterprise__isnull=True)
"""Of a share: its rank has no enterprise."""
LIVE = (State.PUBLISHED, State.REVIEWED, State.DRAFT)
"""Versions that count, the published one first."""


def facts_of(place: Place) -> list[QuerySet[Any]]:
    """By state; what isn't published is the alliance's alone (scope)."""
    if place.project.kind != ProjectKind.DEMAND:
        return []
    shares = WinnerShare.objects.filter(version__project=place.project, version__state__in=LIVE)
    nobodys = Count("pk", filter=NOBODY)
    return [
        _versions(BaseVersion, BASE, place.project),
        _versions(AgreedVersion, AGREED, place.project),
        fact(shares, RANKS, text=F("version__state"), number=nobodys, other=Count("pk")),
    ]


def _versions(model: type[Version], name: str, project: Project) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.filter(project=project, state__in=LIVE)  # type: ignore[attr-defined]
    return fact(rows, name, text=F("state"), number=Max("number"))


def lines_of(place: Place, facts: Facts) -> list[Line]:
    if place.project.kind != ProjectKind.DEMAND:
        return []
    code = place.project.code
    lines = [
        _version_line(
            BASE, "约定采购量计算基数", facts, reverse("volumes:base_detail", args=[code])
        ),
        _version_line(AGREED, "约定采购量", facts, reverse("volumes:agreed_list", args=[code])),
    ]
    if ranks := _live(facts.get(RANKS, ()))[:1]:
        (row,) = ranks
        href = reverse("volumes:vacancy_list", args=[code])
        value = of(row.number, row.other, "个名次")
        lines.append(Line(RANKS, "名次无企业", value, href=href, is_open=row.number > 0))
    return lines


def _version_line(key: str, label: str, facts: Facts, href: str) -> Line:
    known = [f"第 {row.number:,} 版{State(row.text).label}" for row in _live(facts.get(key, ()))]
    return Line(key, label, "、".join(known) or "还没有", href=href)


def _live(rows: Sequence[Fact]) -> list[Fact]:
    return sorted(rows, key=lambda row: LIVE.index(State(row.text)))


VOLUMES = Contributor(facts_of, lines_of)
