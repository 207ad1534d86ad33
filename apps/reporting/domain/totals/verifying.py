"""Totals recomputed from the lines, not from one another: every bureau anew from all its institutions.

Agreement is to the unit: quantities, baselines, institutions, and amounts to the fen.
"""

from collections.abc import Iterator
from itertools import islice

from django.db import transaction

from apps.projects.models import Project, ProjectKind
from apps.reporting.domain.recount.sql import first_difference
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN

AT_ONCE = 100
"""Bureaus in one pass: a country's lines don't fit into the memory of one."""
COUNTED = (ProjectKind.DEMAND, ProjectKind.HISTORY)


def differences(project: Project | None = None) -> Iterator[str]:
    """Sentences that name the bureau, the item or group, what is kept and what is due: the first of every pass."""
    projects = [project] if project else Project.objects.filter(kind__in=COUNTED).order_by("pk")
    for counted in projects:
        frozen = (
            Filing.objects.of_project(counted).bureaus().filter(status__in=FROZEN).order_by("path")
        )
        left = iter(frozen.values_list("pk", flat=True))
        while part := list(islice(left, AT_ONCE)):
            with transaction.atomic():
                difference = first_difference(part)
            if difference:
                yield difference
