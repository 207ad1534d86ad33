"""What waits for whom: requests for the bureau whose turn it is; what merged units have left for their successor."""

from typing import Any

from django.db.models import CharField
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.handovers.standing_in import merged_units
from apps.accounts.models.roles import Permission, Role
from apps.administration.models import UnitChange
from apps.audit.services import record
from apps.distribution.models import Agreement, AgreementStatus
from apps.organizations.models import Organization
from apps.portal.domain.todos import Todo
from apps.projects.models import Phase
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE
from apps.scope.context import whole_country
from apps.scope.prepared import Prepared

LEFT = "what units that merged into the account's own have left to do"
TO_DO = (AgreementStatus.DRAWN, AgreementStatus.AFFECTED)


def note_standing_in(*, by: Actor, unit: Organization) -> None:
    """One line: from here on the person acts in the other name."""
    home = by.organization
    record(
        by=by,
        verb="以并入机构名义办理",
        object=f"{unit.name} {unit.code}",
        sentence=f"{home}的{by.user}开始以已并入的{unit.name}（{unit.code}）名义办理。",
        path=unit.path,
    )


def todos_of(user: Any) -> list[Todo]:
    """One statement for whoever has nothing to do here."""
    if user.role == Role.INSTITUTION:
        return _left_to(user)
    if user.organization_id is None or not user.has(Permission.REVIEW):
        return []
    number = len(WAITING(office=user.path))
    url = f"{reverse('administration:change_list')}?state=waiting"
    return [Todo("机构变更待办理", "机构", url, count=number, unit="项")] if number else []


WAITING: Prepared[int] = Prepared(
    lambda office: UnitChange.objects.all().for_office(office).values_list("pk", flat=True),
    office=CharField(),
)
"""Read by every home of a bureau; few wait at any time."""


def _left_to(user: Any) -> list[Todo]:
    units = merged_units(user) if user.has(Permission.REPORT) else []
    if not units:
        return []
    names = "、".join(unit.name for unit in units)
    with whole_country(reason=LEFT):
        open_ones = Filing.objects.filter(organization__in=units, status__in=EDITABLE)
        filings = open_ones.filter(project__phase__in=[Phase.PUBLISHED, Phase.CLOSED]).count()
        agreements = Agreement.objects.filter(institution__in=units, status__in=TO_DO).count()
    number, url = filings + agreements, reverse("administration:change_list")
    return [Todo("并入机构的事项待办理", names, url, count=number, unit="项")] if number else []
