"""A province's settings as its page saves them: who fills in, chain and windows together, all or none."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.organizations.models import Organization, Tier
from apps.projects.domain.chains import ProvinceWays, province_ways, set_province_chain
from apps.projects.domain.windows.acts import set_province_windows
from apps.projects.domain.words import bottom_up
from apps.projects.models import Project, ReportingMode
from apps.projects.models.windows import Window


@transaction.atomic
def set_province_settings(
    *,
    project: Project,
    province: Organization,
    chain: Sequence[str] | None,
    windows: Mapping[Tier, Window | None],
    by: Actor,
    mode: ReportingMode = ReportingMode.INSTITUTIONS,
) -> None:
    """`chain` `None` leaves mode and chain alone; a window of `None` returns the tier to the national one.

    Raises `ChainInvalid`, `WindowInvalid`, `ProjectFrozen`, `NotAllowed`.
    """
    if chain is not None:
        wanted = ProvinceWays(mode, tuple(bottom_up(chain)))
        national = ProvinceWays(ReportingMode.INSTITUTIONS, tuple(bottom_up(project.chain)))
        if wanted != province_ways(project, province):
            set_province_chain(
                project=project,
                province=province,
                chain=None if wanted == national else chain,
                mode=mode,
                by=by,
            )
    set_province_windows(project=project, province=province, windows=windows, by=by)
