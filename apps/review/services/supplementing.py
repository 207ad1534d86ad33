"""补报: a unit counted as not reported gets a window of its own and becomes a draft again, in one act."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.projects.models import Project
from apps.projects.services import ProjectRefused
from apps.projects.services.timing import grant_supplement
from apps.review.exceptions import ActionRefused
from apps.review.models import Filing
from apps.review.statuses import Action

from .performing import perform


@transaction.atomic
def supplement_filing(
    filing: Filing,
    *,
    by: Actor,
    reason: str,
    closes_at: datetime,
    versions: Mapping[int, int] | None = None,
) -> Filing:
    """Open the unit's window from now to `closes_at` and let it report after all.

    Raises a `ReviewRefused`; then neither happened.
    """
    (moved,) = perform([filing], Action.SUPPLEMENT, by=by, reason=reason, versions=versions)
    try:
        grant_supplement(
            project=Project.objects.get(pk=moved.project_id),
            organization=moved.organization,
            opens_at=timezone.now(),
            closes_at=closes_at,
            reason=reason,
            by=by,
        )
    except ProjectRefused as refused:
        raise ActionRefused(str(refused)) from refused
    return moved
