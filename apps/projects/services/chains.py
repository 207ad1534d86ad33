"""A province's own review chain, chosen while the project is in 筹备."""

from collections.abc import Sequence

from django.db import transaction

from apps.accounts.actors import Actor
from apps.audit.services import record
from apps.organizations.models import Organization, Tier
from apps.projects.models import Phase, Project, ProvinceSettings
from apps.projects.words import bottom_up, chain_in_words

from .refusals import ProjectFrozen, ProjectRefused, locked, require_province


class ChainInvalid(ProjectRefused):
    """A chain without the province."""


@transaction.atomic
def set_province_chain(
    *, project: Project, province: Organization, chain: Sequence[str] | None, by: Actor
) -> None:
    """The tiers that review in a province; `None` returns to the project's own.

    Raises `ChainInvalid`, `ProjectFrozen` outside 筹备, `NotAllowed`.
    """
    require_province(by, province)
    project = locked(project)
    if project.phase != Phase.PREPARING:
        raise ProjectFrozen(
            f"项目处于“{project.get_phase_display()}”阶段，审核层级只能在筹备阶段设置。"
        )
    if chain is not None and Tier.PROVINCE not in chain:
        raise ChainInvalid("审核层级必须包含省医保。")
    before = province_chain(project, province)
    wanted = bottom_up(chain) if chain is not None else None
    _write(project, province, wanted)
    after = wanted or list(project.chain)
    if before != after:
        record(
            by=by,
            verb="设置审核层级",
            object=province.name,
            sentence=f"{province.name}的审核层级由“{chain_in_words(before)}”改为“{chain_in_words(after)}”",
            path=province.path,
            project_code=project.code,
        )


def province_chain(project: Project, province: Organization) -> list[str]:
    """The chain that holds in a province: its own or the project's."""
    own = ProvinceSettings.objects.filter(project=project, province=province).first()
    return bottom_up(own.chain if own else project.chain)


def _write(project: Project, province: Organization, chain: list[str] | None) -> None:
    rows = ProvinceSettings.objects.filter(project=project, province=province)
    if chain is None:
        rows.delete()
    elif not rows.update(chain=chain):
        ProvinceSettings.objects.create(
            project=project, province=province, path=province.path, chain=chain
        )
