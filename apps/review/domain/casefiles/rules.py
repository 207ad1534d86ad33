"""The rules in force for what stands in a case (案卷): policies, times, chains, supplements, corrections."""

from typing import Any

from django.db.models import Q

from apps.projects.domain.words import policy_words
from apps.projects.models import (
    Correction,
    Project,
    ProjectWindow,
    ProvinceSettings,
    ProvinceWindow,
    SupplementWindow,
)
from apps.review.models import Filing
from apps.scope.paths import in_subtree, lineage

PROJECT = ("code", "name", "published_at", "closed_at", "concluded_at", "extended_until")
SPAN = ("opens_at", "closes_at", "is_on")
CORRECTION = ("number", "at", "by_name", "reason", "changes", "returned", "file_name")


def rules_of(top: Filing) -> dict[str, Any]:
    """As far as they concern the place of a filing: what holds there, above it and below it."""
    project: Project = top.project
    around = in_subtree(top.path) | Q(path__in=lineage(top.path))
    times = ProvinceWindow.objects.filter(around, project=project).order_by("path", "tier")
    chains = ProvinceSettings.objects.filter(around, project=project).order_by("path")
    again = SupplementWindow.objects.filter(around, project=project).order_by("path")
    return {
        "project": {
            **{name: getattr(project, name) for name in PROJECT},
            "kind": project.get_kind_display(),
            "phase": project.get_phase_display(),
        },
        "policies": [
            {"group": group, "name": policy.label, "value": policy.value}
            for group, policies in policy_words(project)
            for policy in policies
        ],
        "times": list(
            ProjectWindow.objects.filter(project=project).order_by("tier").values("tier", *SPAN)
        ),
        "province_times": list(times.values("path", "tier", *SPAN)),
        "province_chains": list(chains.values("path", "chain", "mode")),
        "supplements": list(again.values("path", "reason", *SPAN)),
        "corrections": list(corrections_of(project).values(*CORRECTION)),
    }


def corrections_of(project: Project) -> Any:
    return Correction.objects.of_project(project).order_by("number")
