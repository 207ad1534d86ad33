"""生成分量任务: a draft allocation of a finished demand project, its volumes, and what they come to.

Invariant: the volumes are those of the published version named by `Generation`; publication refuses any other.
"""

from collections.abc import Callable
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.generation.preview import preview_of
from apps.allocation.domain.generation.sources import sources
from apps.allocation.domain.generation.writing import (
    carried_items,
    copy_items,
    copy_participants,
    copy_winners,
    forget_volumes,
    insert_volumes,
    provinces_of,
)
from apps.allocation.domain.publication.planting import resplit
from apps.allocation.domain.publication.winners import load_winners
from apps.allocation.domain.refusals import AllocationRefused
from apps.allocation.models import AllocationRow, Generation
from apps.audit.services import record
from apps.projects.domain.lifecycle import create_project
from apps.projects.domain.refusals import locked
from apps.projects.models import CatalogItem, Participation, Project, ProjectKind
from apps.review.domain.checks import check_alliance
from apps.scope.paths import ROOT
from apps.scope.sql import freshen
from apps.volumes.models import AgreedVersion, Rule, State, VolumeRules

Progress = Callable[[int, int], None]
SAME = ("product_type", "chain", "gate", "approval")
"""Policies that an allocation takes over from its demand project."""


class NotGenerated(AllocationRefused):
    """The demand project is not finished, or the draft is not one that was generated."""


@transaction.atomic
def generate_draft(
    *, source: Project, code: str, name: str, by: Actor, winners: Project | None = None
) -> Project:
    """A draft with the catalogue, who reported, and the season's winning results; volumes come later.

    `winners`, another allocation, completes what the season's results still lack: price, pack, daily usage, capacity.

    Raises `NotGenerated`, `CodeTaken`.
    """
    check_alliance(by)
    locked(source)
    version = AgreedVersion.objects.filter(project=source, state=State.PUBLISHED).first()
    if version is None or not sources().filter(pk=source.pk).exists():
        raise NotGenerated("只能由已办结、并已发布约定采购量的报量项目生成分量任务。")
    if not version.is_by_item:
        raise NotGenerated(
            "已发布的约定采购量是按主规格计算的早先版本，请撤销发布、重新生成并发布后再生成分量任务。"
        )
    policies = {name: getattr(source, name) for name in SAME} | _shares(source)
    project = create_project(by=by, code=code, name=name, kind=ProjectKind.ALLOCATION, **policies)
    Generation.objects.create(project=project, source=source, version=version)
    items, units = copy_items(project, source), copy_participants(project, source)
    won = copy_winners(project, source)
    won += copy_winners(project, winners) if winners else 0
    freshen(CatalogItem, Participation)
    _log(
        project,
        by,
        "生成分量任务",
        f"由报量项目“{source.name}”（{source.code}）生成：品规 {items:,} 个，参加机构 {units:,} 家，"
        f"中选产品 {won:,} 个",
    )
    return project


def _shares(source: Project) -> dict[str, Decimal]:
    """What the demand's rules say of keeping and of the fixed enterprises; they may be changed before publication."""
    rules = VolumeRules.objects.filter(project=source).first()
    if rules is None or rules.rule != Rule.GROUP:
        return {}
    return {
        "agreed_ratio": rules.group_ratio,
        "keep_other": rules.group_keep,
        "share_lowest": Decimal(0),
        "share_highest": rules.group_fixed,
        "share_other": 1 - rules.group_fixed,
    }


@transaction.atomic
def generate_volumes(
    *, project: Project, by: Actor, progress: Progress = lambda _done, _total: None
) -> int:
    """Write the volumes anew from the published version, compute their slots, keep the preview. Returns their number.

    Every line is read and written once: call it from a job where many institutions take part. Raises `NotGenerated`.
    """
    held, made = _open(project, by)
    forget_volumes(held)
    paths, winners = provinces_of(made.source), load_winners(held)
    carried, count = carried_items(held, made.version), 0
    for number, path in enumerate(paths, start=1):
        count += insert_volumes(
            held,
            source=made.source,
            version=made.version,
            province=path,
            winners=winners,
            carried=carried,
        )
        progress(number, len(paths) + 1)
    freshen(AllocationRow)
    now = timezone.now()
    Generation.objects.filter(pk=made.pk).update(
        rows=count, generated_at=now, preview=preview_of(held), previewed_at=now
    )
    _log(held, by, "生成分配量", f"由{made.version}生成分配量 {count:,} 行")
    return count


@transaction.atomic
def refresh_preview(*, project: Project, by: Actor) -> None:
    """Compute the slots anew from winners and shares as they are now, and keep what they come to."""
    held, made = _open(project, by)
    resplit(held)
    Generation.objects.filter(pk=made.pk).update(
        preview=preview_of(held), previewed_at=timezone.now()
    )
    _log(held, by, "重新预览", "按当前中选结果和规则重新计算分配量")


def _open(project: Project, by: Actor) -> tuple[Project, Generation]:
    check_alliance(by)
    held: Project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    made = Generation.objects.select_related("source", "version").filter(project=held).first()
    if made is None:
        raise NotGenerated("该项目不是由报量项目生成的，请用“导入”上传分配量。")
    if held.is_frozen:
        raise NotGenerated("项目已经发布，分配量不能再生成。")
    if made.version.state != State.PUBLISHED:
        raise NotGenerated("来源的约定采购量已撤销，请删除本项目后重新生成。")
    return held, made


def _log(project: Project, by: Actor, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=project.name,
        sentence=f"{sentence}（“{project.name}”）",
        path=by.organization.path if by.organization else ROOT,
        project_code=project.code,
    )
