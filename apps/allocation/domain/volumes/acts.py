"""Writing the imported volumes of a project that is not published yet."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from apps.accounts.domain.actors import Actor
from apps.allocation.domain.publication.planting import resplit
from apps.allocation.domain.refusals import AllocationRefused
from apps.allocation.models import AllocationRow, Given
from apps.audit.services import record
from apps.projects.models import Project
from apps.review.domain.checks import check_alliance

GIVEN_FROM = {"reported": Given.NOTHING, "agreed": Given.AGREED, "kept": Given.KEPT}
"""With how much given a number stands in the file; the others need everything."""


@dataclass(frozen=True, slots=True)
class Volume:
    """One row to be written, in smallest units; numbers that are not given are 0 until they are computed."""

    organization_id: int
    path: str
    item_id: int
    reported: int
    given: Given
    agreed: int = 0
    kept: int = 0
    pending: int = 0
    lowest: int = 0
    highest: int = 0
    other: int = 0

    @property
    def content(self) -> tuple[int, ...]:
        """What tells a changed row from an unchanged one: what came with the file."""
        if self.given == Given.NOTHING:
            return (self.reported,)
        if self.given == Given.AGREED:
            return (self.reported, self.agreed)
        return (self.reported, self.agreed, *(getattr(self, name) for name in NUMBERS))

    def cell(self, name: str) -> int | None:
        """As the file says it: blank what is computed."""
        order = list(Given)
        is_given = order.index(self.given) >= order.index(GIVEN_FROM.get(name, Given.ALL))
        return int(getattr(self, name)) if is_given else None


NUMBERS = ("kept", "pending", "lowest", "highest", "other")
"""K, P, L, H and O: given together or computed together."""


BATCH = 5_000
WRITTEN = (
    "path",
    "reported",
    "given",
    "agreed",
    "kept",
    "pending",
    "lowest",
    "highest",
    "other",
    "is_excluded",
)


class VolumesFrozen(AllocationRefused):
    """Volumes of a published project stand still."""


@transaction.atomic
def save_volumes(*, project: Project, volumes: Sequence[Volume], by: Actor) -> None:
    """Insert or replace rows, then compute what was not given. Raises `VolumesFrozen`."""
    project = _open(project, by)
    AllocationRow.objects.bulk_create(
        (_row(project, volume) for volume in volumes),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["project", "organization", "item"],
        update_fields=WRITTEN,
    )
    resplit(project)
    _log(project, by, "导入分配量", f"导入分配量 {len(volumes):,} 行")


@transaction.atomic
def compute_volumes(*, project: Project, by: Actor) -> int:
    """Compute every row anew from the policies and winners as they are now; returns their number."""
    project = _open(project, by)
    count = resplit(project)
    _log(project, by, "重新计算分配量", f"按当前政策和中选结果重新计算分配量 {count:,} 行")
    return count


@transaction.atomic
def remove_volumes(*, project: Project, rows: QuerySet[AllocationRow], by: Actor) -> int:
    """Take rows out before publication; returns how many."""
    project = _open(project, by)
    wanted = AllocationRow.objects.of_project(project).filter(pk__in=rows.values("pk"))
    count, _ = wanted.delete()
    _log(project, by, "删除分配量", f"删除分配量 {count:,} 行")
    return count


def _open(project: Project, by: Actor) -> Project:
    check_alliance(by)
    held: Project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    if held.is_frozen:
        raise VolumesFrozen("项目已经发布，分配量不能再修改。")
    return held


def _row(project: Project, volume: Volume) -> AllocationRow:
    """Rows whose split is still to be computed wait as what nobody allocates yet."""
    pending = volume.agreed if volume.given == Given.AGREED else volume.pending
    return AllocationRow(
        project=project,
        organization_id=volume.organization_id,
        path=volume.path,
        item_id=volume.item_id,
        reported=volume.reported,
        given=volume.given,
        agreed=volume.agreed,
        kept=volume.kept,
        pending=pending,
        lowest=volume.lowest,
        highest=volume.highest,
        other=volume.other,
        is_excluded=volume.given != Given.ALL,
    )


def _log(project: Project, by: Actor, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=project.name,
        sentence=f"{sentence}（“{project.name}”）",
        path=by.organization.path if by.organization else "",
        project_code=project.code,
    )
