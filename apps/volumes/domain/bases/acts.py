"""汇总生成标的量计算基数, 复核, 发布, 撤销 (S2-08, rules §1).

Invariants: a base sums the frozen totals of approved provinces only; who publishes publishes what they are now. While
it is published no province of it goes back (`guards`).
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.proofs import require_proof
from apps.projects.models import Project, ProjectKind
from apps.review.domain.locks import lock_branch
from apps.volumes.domain.bases.totals import Provinces, hash_of, provinces_of
from apps.volumes.domain.guards import are_results_fixed
from apps.volumes.domain.refusals import ProvincesMissing, VolumesRefused, require_reason
from apps.volumes.domain.sql import write_base
from apps.volumes.domain.versions import (
    locked_project,
    log,
    move,
    next_number,
    refetched,
    tell_provinces,
)
from apps.volumes.models import (
    AgreedVersion,
    BaseQuantity,
    BaseVersion,
    Conversion,
    State,
)


@transaction.atomic
def generate_base(*, project: Project, by: Actor, confirmed: bool = False) -> BaseVersion:
    """A new version from the provinces approved by now; it replaces one that is not published.

    `confirmed`: the missing provinces were named and accepted. Raises `ProvincesMissing`, `VolumesRefused`.
    """
    project = locked_project(project, by)
    if project.kind != ProjectKind.DEMAND:
        raise VolumesRefused("只有报量项目有计算基数。")
    if BaseVersion.objects.of_project(project).published().exists():
        raise VolumesRefused("已有发布的计算基数；需要重新汇总时请先撤销发布。")
    provinces = _held(project)
    if not provinces.approved:
        raise VolumesRefused("还没有省份审核通过，没有可以汇总的填报量。")
    if provinces.missing and not confirmed:
        raise ProvincesMissing(provinces.missing)
    AgreedVersion.objects.of_project(project).open().delete()
    version: BaseVersion = BaseVersion.objects.create(
        project=project,
        number=next_number(BaseVersion, project),
        made_at=timezone.now(),
        made_by=by.user,
        totals_hash=hash_of(provinces.approved),
        missing=[filing.path for filing in provinces.missing],
    )
    ids = [filing.pk for filing in provinces.approved]
    write_base(version.pk, ids)
    names = "、".join(filing.organization.name for filing in provinces.missing)
    left_out = f"，未纳入：{names}" if names else ""
    log(project, by, "生成计算基数", f"汇总 {len(ids)} 个省份，生成{version}{left_out}")
    return version


@transaction.atomic
def publish_base(*, version: BaseVersion, by: Actor) -> BaseVersion:
    """From now on its provinces stay approved, and see it. Raises `VolumesRefused` if anything moved since."""
    project = locked_project(version.project, by)
    version = refetched(version)
    provinces = _held(project)
    if BaseVersion.objects.of_project(project).published().exists():
        raise VolumesRefused("已有发布的计算基数，请刷新页面。")
    _check_current(version, provinces)
    require_proof(by=by, asked=project.asks_proof)
    version = move(version, State.PUBLISHED, by=by)
    log(project, by, "发布计算基数", f"发布{version}，数据摘要 {version.totals_hash}")
    tell_provinces(
        provinces.approved,
        title=f"“{project.name}”的约定采购量计算基数已发布",
        body=f"{version}已发布，请查看本地区的计算基数。发布后填报量不再退回修改；有疑问请联系联采办。",
        url=reverse("volumes:base_detail", args=[project.code]),
        by=by,
    )
    return version


@transaction.atomic
def withdraw_base(*, version: BaseVersion, by: Actor, reason: str) -> BaseVersion:
    """撤销发布, with a reason; not while agreed volumes rest on it. Raises `VolumesRefused`."""
    reason = require_reason(reason)
    project = locked_project(version.project, by)
    if are_results_fixed(project):
        raise VolumesRefused("约定采购量已经按这一版基数发布，请先撤销约定采购量。")
    version = move(refetched(version), State.WITHDRAWN, by=by, reason=reason)
    AgreedVersion.objects.of_project(project).open().delete()
    log(project, by, "撤销计算基数", f"撤销{version}，原因：{reason}")
    tell_provinces(
        provinces_of(project).approved,
        title=f"“{project.name}”的约定采购量计算基数已撤销",
        body=f"{version}已撤销，原因：{reason}",
        url=reverse("volumes:base_detail", args=[project.code]),
        by=by,
    )
    return version


def _held(project: Project) -> Provinces:
    """The provinces as they stand while the root is locked: none is approved or returned meanwhile."""
    before = provinces_of(project)
    lock_branch([before.root])
    return provinces_of(project)


def _check_current(version: BaseVersion, provinces: Provinces) -> None:
    counted = set(
        BaseQuantity.objects.filter(version=version).values_list("filing_id", flat=True).distinct()
    )
    if counted != {filing.pk for filing in provinces.approved}:
        raise VolumesRefused("生成之后有省份新通过审核或被退回，请重新生成计算基数。")
    if hash_of(provinces.approved) != version.totals_hash:
        raise VolumesRefused("生成之后省份的汇总数有变化，请重新生成计算基数。")
    if _converted_otherwise(version):
        raise VolumesRefused("生成之后折算系数有变化，请重新生成计算基数。")


def _converted_otherwise(version: BaseVersion) -> bool:
    """Whether the coefficients of today are others than those that the version was made with."""
    quantities = BaseQuantity.objects.filter(version=version)
    then = set(quantities.values_list("item_id", "main_id", "coefficient").distinct())
    now = {row.item_id: row for row in Conversion.objects.filter(project=version.project_id)}
    return any(
        (main, coefficient)
        != ((now[item].main_id, now[item].coefficient) if item in now else (item, 1))
        for item, main, coefficient in then
    )
