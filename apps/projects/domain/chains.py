"""Who fills in and who reviews in a province: its own to choose while the project is in 筹备 (S2-07, S2-10).

Invariant: where the province fills in for its institutions, no tier stands between them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import record
from apps.organizations.models import Organization, Tier
from apps.projects.domain.refusals import ProjectFrozen, ProjectRefused, locked, require_province
from apps.projects.domain.windows.acts import set_province_windows
from apps.projects.domain.words import bottom_up, chain_in_words
from apps.projects.models import Phase, Project, ProjectKind, ProvinceSettings, ReportingMode
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
    seen: Seen | None = None,
    closes_knowingly: bool = True,
) -> None:
    """`chain` `None` leaves mode and chain alone; a window of `None` returns the tier to the national one.

    Raises `ChainInvalid`, `WindowInvalid`, `ProjectFrozen`, `NotAllowed`, `ChangedMeanwhile`, `ClosesAtOnce`.
    """
    require_seen(seen, locked(project))
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
    set_province_windows(
        project=project,
        province=province,
        windows=windows,
        by=by,
        closes_knowingly=closes_knowingly,
    )


class ChainInvalid(ProjectRefused):
    """A chain without the province, or a mode that the kind of project does not have."""


@dataclass(frozen=True, slots=True)
class ProvinceWays:
    """How a province does it: who fills in, and the tiers that review from the institutions' end up."""

    mode: ReportingMode
    chain: tuple[str, ...]

    @property
    def in_words(self) -> str:
        return f"{self.mode.label}，{chain_in_words(self.chain)}"


@transaction.atomic
def set_province_chain(
    *,
    project: Project,
    province: Organization,
    chain: Sequence[str] | None,
    by: Actor,
    mode: ReportingMode = ReportingMode.INSTITUTIONS,
) -> None:
    """The tiers that review in a province, `None` for the project's own; and who fills in.

    Raises `ChainInvalid`, `ProjectFrozen` outside 筹备, `NotAllowed`.
    """
    require_province(by, province)
    project = locked(project)
    if project.phase != Phase.PREPARING:
        raise ProjectFrozen(
            f"项目处于“{project.get_phase_display()}”阶段，报量方式和审核层级只能在筹备阶段设置。"
        )
    if chain is not None and Tier.PROVINCE not in chain:
        raise ChainInvalid("审核层级必须包含省医保。")
    if mode == ReportingMode.MAINTAINED:
        if not may_maintain(project):
            raise ChainInvalid("分量由医疗机构自行办理，不能由省医保代为填报。")
        chain = [Tier.PROVINCE]
    before = province_ways(project, province)
    _write(project, province, bottom_up(chain) if chain is not None else None, mode)
    after = province_ways(project, province)
    if before != after:
        record(
            by=by,
            verb="设置报量和审核方式",
            object=province.name,
            sentence=f"{province.name}的报量和审核方式由“{before.in_words}”改为“{after.in_words}”",
            path=province.path,
            project_code=project.code,
        )


def may_maintain(project: Project) -> bool:
    """Whether a province may fill in for its institutions: quantities yes, the choice of suppliers no."""
    return project.kind != ProjectKind.ALLOCATION


def province_ways(project: Project, province: Organization) -> ProvinceWays:
    """What holds in a province: its own settings or the project's."""
    own = ProvinceSettings.objects.filter(project=project, province=province).first()
    if own is None:
        return ProvinceWays(ReportingMode.INSTITUTIONS, tuple(bottom_up(project.chain)))
    return ProvinceWays(ReportingMode(own.mode), tuple(bottom_up(own.chain)))


def _write(
    project: Project, province: Organization, chain: list[str] | None, mode: ReportingMode
) -> None:
    rows = ProvinceSettings.objects.filter(project=project, province=province)
    if chain is None:
        rows.delete()
    elif not rows.update(chain=chain, mode=mode):
        ProvinceSettings.objects.create(
            project=project, province=province, path=province.path, chain=chain, mode=mode
        )
