"""What delivery adds to 办理情况: agreements drawn and signed, of every agreed product of every institution."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BigIntegerField, F, Func, QuerySet, Sum
from django.urls import reverse

from apps.allocation.models import Generation
from apps.distribution.models import AgreementProgress
from apps.projects.models import ProjectKind
from apps.review.domain.checklist import Contributor, Facts, Line, Place, fact, of
from apps.scope.paths import in_subtree

AGREEMENTS = "agreements"


def facts_of(place: Place) -> list[QuerySet[Any]]:
    """Of a concluded allocation, or of those generated from a demand round: before 办结 nothing is drawn."""
    if place.project.concluded_at is None or place.project.kind == ProjectKind.HISTORY:
        return []
    rows = AgreementProgress.objects.filter(in_subtree(place.path))
    if place.project.kind == ProjectKind.ALLOCATION:
        rows = rows.filter(project=place.project)
    else:
        made = Generation.objects.filter(source=place.project, project__concluded_at__isnull=False)
        rows = rows.filter(project__in=made.values("project"))
    return [
        fact(
            rows,
            AGREEMENTS,
            number=Sum(_bits("agreed")),
            other=Sum(_bits("agreed", "drawn")),
            quantity=Sum(_bits("agreed", "signed")),
        )
    ]


def _bits(*columns: str) -> Func:
    """How many products have all of these: a bit stands for a product."""
    return Func(
        *map(F, columns),
        template="bit_count(%(expressions)s)",
        arg_joiner=" & ",
        output_field=BigIntegerField(),
    )


def lines_of(place: Place, facts: Facts) -> Sequence[Line]:
    """Nothing while nothing is agreed."""
    rows = [row for row in facts.get(AGREEMENTS, ()) if row.number]
    if not rows:
        return []
    ((_name, _text, expected, drawn, signed),) = rows
    href = reverse("distribution:agreement_progress_list")
    if place.project.kind == ProjectKind.ALLOCATION:
        href = f"{href}?project={place.project.code}"
    return [
        Line("drawn", "三方协议已生成", of(drawn, expected, "项"), href=href),
        Line("signed", "三方协议已签署", of(signed, expected, "项"), href=href),
    ]


DELIVERY = Contributor(facts_of, lines_of)
