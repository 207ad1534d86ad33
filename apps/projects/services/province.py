"""A province's settings as its page saves them: chain and windows together, all or none."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from apps.accounts.actors import Actor
from apps.organizations.models import Organization, Tier
from apps.projects.models import Project
from apps.projects.windows import Window
from apps.projects.words import bottom_up

from .chains import province_chain, set_province_chain
from .timing import set_province_windows


@transaction.atomic
def set_province_settings(
    *,
    project: Project,
    province: Organization,
    chain: Sequence[str] | None,
    windows: Mapping[Tier, Window | None],
    by: Actor,
) -> None:
    """`chain` `None` leaves the chain alone; a window of `None` returns the tier to the national one.

    Raises `ChainInvalid`, `WindowInvalid`, `ProjectFrozen`, `NotAllowed`.
    """
    if chain is not None and bottom_up(chain) != province_chain(project, province):
        as_the_project = bottom_up(chain) == bottom_up(project.chain)
        set_province_chain(
            project=project, province=province, chain=None if as_the_project else chain, by=by
        )
    set_province_windows(project=project, province=province, windows=windows, by=by)
