"""A rehearsal in the world of the access matrix; what it has of its own bears a mark that may stand nowhere else."""

from typing import Any

from django.urls import reverse

from apps.accounts.models import User
from apps.notices.models import Notice
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.rehearsals.pages.inside import prefix_of
from apps.review.models import Filing
from apps.scope.context import whole_country
from apps.scope.sandbox import within
from tests.rehearsals.rehearsing import rehearsed

INVENTED = "演练独有"


def rehearsal_of(code: str, officer: User, seat: User) -> dict[str, Any]:
    """Of that round; with the way in for the alliance as that account sees it, and the pages that name its units."""
    with whole_country(reason="test"):
        held = rehearsed(Project.objects.get(code=code), officer)
        with within(held.sandbox):
            _mark()
    return {
        "rehearsals:": {"code": code, "pk": held.pk},
        "rehearsals:rehearsal_detail@none": {"pk": held.pk + 1},
        INSIDE: {"prefix": prefix_of(held.pk, seat.pk)},
    }


INSIDE = "rehearsal"


def pages_of(known: dict[str, Any]) -> list[str]:
    """Name units of the rehearsal, to who may sit in it: its page, and the same beside a date that is none."""
    names = ("rehearsals:rehearsal_detail", "rehearsals:rehearsal_clock")
    return [reverse(name, args=[known["rehearsals:"]["pk"]]) for name in names]


def _mark() -> None:
    Project.objects.update(description=INVENTED)
    Filing.objects.update(return_reason=INVENTED)
    Notice.objects.update(title=INVENTED)
    for unit in Organization.objects.exclude(tier="alliance"):
        Organization.objects.filter(pk=unit.pk).update(name=f"{unit.name}{INVENTED}")
