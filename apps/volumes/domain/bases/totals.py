"""What a base is made of: the packages of the provinces and their frozen totals. Reads only."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Func

from apps.organizations.models import Tier
from apps.projects.models import Project
from apps.reporting.domain.totals import totals_hash
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.volumes.models import BaseVersion


@dataclass(frozen=True, slots=True)
class Provinces:
    """The packages right below the root: those that count, and those that are missing from it."""

    root: Filing
    approved: tuple[Filing, ...]
    missing: tuple[Filing, ...]


def provinces_of(project: Project) -> Provinces:
    """Two statements. Raises `Filing.DoesNotExist` before publication."""
    root: Filing = Filing.objects.get(project=project, tier=Tier.ALLIANCE)
    below = list(
        Filing.objects.children_of(root).select_related("organization__division").order_by("path")
    )
    return Provinces(
        root,
        tuple(filing for filing in below if filing.state == Status.APPROVED),
        tuple(filing for filing in below if filing.state != Status.APPROVED),
    )


def taking_part(project: Project) -> dict[str, str]:
    """Names by path of the provinces whose institutions have or may have a base; one statement."""
    published = BaseVersion.objects.of_project(project).published()
    missing = published.annotate(path=Func(F("missing"), function="unnest")).values("path")
    rows = Filing.objects.filter(project=project, tier=Tier.PROVINCE).exclude(path__in=missing)
    return dict(rows.order_by("path").values_list("path", "organization__name"))


def hash_of(provinces: Sequence[Filing]) -> str:
    """SHA-256 over the lines `path, hash of the frozen totals` of these packages, in the order of paths."""
    hashed = hashlib.sha256()
    for filing in sorted(provinces, key=lambda filing: filing.path):
        hashed.update(f"{filing.path}\t{totals_hash(filing)}\n".encode())
    return hashed.hexdigest()
