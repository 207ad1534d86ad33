"""补报: a window opened anew for named units, with a reason; one or a thousand in a constant number of statements."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.services import Entry, record_many
from apps.organizations.models import Organization, Tier
from apps.projects.domain.refusals import NotAllowed, ProjectRefused, locked, require_province
from apps.projects.domain.windows.acts import ReasonMissing, window_of
from apps.projects.domain.windows.fitting import WindowInvalid
from apps.projects.models import Phase, Project, SupplementWindow
from apps.projects.models.window_spans import span_in_words


def grant_supplement(
    *,
    project: Project,
    organization: Organization,
    opens_at: datetime,
    closes_at: datetime,
    reason: str,
    by: Actor,
) -> SupplementWindow:
    """The same for one unit."""
    (row,) = grant_supplements(
        project=project,
        organizations=[organization],
        opens_at=opens_at,
        closes_at=closes_at,
        reason=reason,
        by=by,
    )
    return row


@transaction.atomic
def grant_supplements(
    *,
    project: Project,
    organizations: Sequence[Organization],
    opens_at: datetime,
    closes_at: datetime,
    reason: str,
    by: Actor,
) -> list[SupplementWindow]:
    """Open a window anew for each unit; a later grant replaces an earlier one.

    Raises `ReasonMissing`, `WindowInvalid`, `ProjectRefused`, `NotAllowed`; then nobody got one.
    """
    for organization in organizations:
        require_province(by, organization, right=Permission.REVIEW)
    project = locked(project)
    if project.phase not in (Phase.PUBLISHED, Phase.CLOSED):
        raise ProjectRefused(f"项目处于“{project.get_phase_display()}”阶段，不能开放补报。")
    if any(organization.tier == Tier.ALLIANCE for organization in organizations):
        raise NotAllowed("补报只对下级单位开放。")
    reason = reason.strip()
    if not reason:
        raise ReasonMissing("请填写开放补报的原因。")
    wanted = window_of(opens_at, closes_at, is_on=True)
    if wanted.closes_at <= timezone.now():
        raise WindowInvalid("补报的结束时间必须晚于现在。")
    rows = open_windows(
        project,
        organizations,
        opens_at=wanted.opens_at,
        closes_at=wanted.closes_at,
        reason=reason,
    )
    span = span_in_words(wanted)
    record_many(
        by=by,
        entries=[
            Entry(
                verb="开放补报",
                object=organization.name,
                sentence=f"为“{organization.name}”开放补报：{span}；原因：{reason}",
                path=organization.path,
                project_code=project.code,
            )
            for organization in organizations
        ],
    )
    return rows


def open_windows(
    project: Project,
    organizations: Sequence[Organization],
    *,
    opens_at: datetime,
    closes_at: datetime,
    reason: str,
) -> list[SupplementWindow]:
    """The rows alone, for an act that asks and logs by itself; one statement."""
    rows: list[SupplementWindow] = SupplementWindow.objects.bulk_create(
        [
            SupplementWindow(
                project=project,
                organization=organization,
                path=organization.path,
                reason=reason,
                opens_at=opens_at,
                closes_at=closes_at,
                is_on=True,
            )
            for organization in organizations
        ],
        update_conflicts=True,
        unique_fields=["project", "organization"],
        update_fields=["reason", "opens_at", "closes_at", "is_on"],
    )
    return rows
