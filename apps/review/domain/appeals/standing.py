"""What appeals mean for a round: a line of 办理情况, an objection to 办结, what stands in the way of 撤销发布."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Count, F, QuerySet
from django.urls import reverse

from apps.projects.models import Project
from apps.review.domain.checklist import Contributor, Facts, Line, Place, fact, of
from apps.review.models import Appeal, AppealState, Filing
from apps.review.models.appeal import DECIDED
from apps.review.models.statuses import Action
from apps.scope.paths import in_subtree

APPEALS = "appeals"


def facts_of(place: Place) -> list[QuerySet[Any]]:
    """By state, how many were made in the subtree; of the whole country also those of enterprises."""
    rows = Appeal.objects.of_project(place.project).filter(in_subtree(place.path))
    return [fact(rows, APPEALS, text=F("state"), number=Count("pk"))]


def lines_of(place: Place, facts: Facts) -> list[Line]:
    """Nothing where nobody has appealed."""
    counts = {row.text: row.number for row in facts.get(APPEALS, ())}
    if not counts:
        return []
    waiting = counts.get(AppealState.OPEN, 0)
    note = "、".join(
        f"{state.label} {counts[state]:,} 件"
        for state in (*DECIDED, AppealState.WITHDRAWN)
        if counts.get(state)
    )
    href = reverse("review:appeal_list", args=[place.project.code])
    value = of(waiting, sum(counts.values()), "件")
    return [Line(APPEALS, "申诉待答复", value, note, href, is_open=waiting > 0)]


def keep_from_concluding(
    project: Project, filings: Sequence[Filing], _action: Action
) -> Mapping[int, str]:
    """A guard of 办结: where the project says so, not before every appeal is answered. One statement, or none."""
    if not project.appeals_block:
        return {}
    waiting = Appeal.objects.of_project(project).open().count()
    if not waiting:
        return {}
    said = f"还有 {waiting:,} 件申诉没有答复，本项目须答复后才能办结"
    return {filing.pk: said for filing in filings}


STANDING = Contributor(facts_of, lines_of)
