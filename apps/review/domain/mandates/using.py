"""Who acts under a mandate: found for each request, and held by whatever is written under it.

Invariant: nothing is written under a mandate that has ended by then: whoever writes holds the row, ending takes it.
"""

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.acting.lent import Lent, prefix_of
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.audit.services import record
from apps.projects.models import Project, ProjectKind
from apps.review.domain.kinds import kind_of
from apps.review.domain.refusals import NotEditable
from apps.review.models import Filing, Mandate
from apps.scope.context import enter

ENDED = "代填授权已经结束，没有办理。"


def mandates_of(user: User) -> QuerySet[Mandate]:
    """Those that the account may act under now, by unit."""
    rows = Mandate.objects.live().filter(account_id=user.pk)
    return rows.select_related("organization", "project").order_by("organization__sort_key", "pk")


def entry_of(mandate: Mandate) -> str:
    """The address of the sheet under the mandate."""
    sheet = reverse(kind_of(mandate.project).lines_page(), args=[mandate.project.code])
    return f"{prefix_of(mandate.pk)}{sheet.removeprefix('/')}"


def find_lent(user: User, pk: int) -> Lent | None:
    """What the mandate lends the account now; `None` if it is another's, or has ended."""
    with enter(scope_of(user)):
        mandate = mandates_of(user).filter(pk=pk, organization__is_active=True).first()
    if mandate is None:
        return None
    is_allocation = mandate.project.kind == ProjectKind.ALLOCATION
    return Lent(
        pk=mandate.pk,
        organization=mandate.organization,
        project_id=mandate.project_id,
        project_code=mandate.project.code,
        project_name=mandate.project.name,
        subsystem="allocation" if is_allocation else "demand",
        ends_at=mandate.ends_at,
        may_report=mandate.may_report,
    )


def require_mandate(by: Actor) -> Mandate:
    """The mandate under which the actor writes, locked. Raises `NotEditable` if it has ended."""
    rows = Mandate.objects.live().select_for_update(of=("self",), no_key=True)
    mandate: Mandate | None = rows.filter(pk=by.mandate or 0).first()
    if mandate is None:
        raise NotEditable(ENDED)
    return mandate


def fill_under_mandate(by: Actor) -> None:
    """The same for what is filled in. Raises `NotEditable`."""
    mandate, today = require_mandate(by), timezone.localdate()
    if mandate.used_on != today:
        Mandate.objects.filter(pk=mandate.pk).update(used_on=today)


def tell_filled(by: Actor, filing: Filing, project: Project, what: str) -> None:
    """One line for a save under a mandate, where one's own saves have none."""
    record(
        by=by,
        verb="代填",
        object=filing.organization.name,
        sentence=f"{by.own_unit}的账号 {by.name} 代{filing.organization.name}填写“{project.name}”：{what}",
        path=filing.path,
        project_code=project.code,
    )
