"""Writing the files of a dumped round, all of one moment.

Invariant: a folder holds a whole dump or nothing; its files come straight from the server, whatever their length.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from apps.allocation.domain.dumping import sql
from apps.allocation.domain.dumping.parameters import HEADER, rule_lines
from apps.allocation.domain.publication.given import generation_of
from apps.allocation.domain.refusals import AllocationRefused
from apps.projects.models import Project, ProjectKind
from apps.scope.sql import snapshot
from apps.volumes.models import AgreedVersion, State

FILES = (
    *("units", "items", "reports", "winners", "agreed"),
    *("shares", "rows", "confirmed", "agreements"),
)


class NotDumped(AllocationRefused):
    """There is no such round, or the folder is not fit to take it."""


@dataclass(frozen=True, slots=True)
class Round:
    """What is dumped together; each part may be missing."""

    demand: Project | None
    version: AgreedVersion | None
    allocation: Project | None

    @property
    def bound(self) -> sql.Bound:
        return sql.Bound(
            self.demand.pk if self.demand else None,
            self.version.pk if self.version else None,
            self.allocation.pk if self.allocation else None,
        )

    @property
    def files(self) -> Mapping[str, str]:
        """What each holds. Confirmed is what stands in a published allocation, else what was published for it."""
        planted = self.allocation is not None and (self.allocation.is_frozen or not self.demand)
        confirmed = sql.PLANTED if planted else sql.PROMISED
        return {name: confirmed if name == "confirmed" else name for name in FILES}


def dump_round(code: str, folder: Path) -> Mapping[str, int]:
    """Write every file of the round; returns the bytes of each. Raises `NotDumped`. Not within a transaction."""
    with snapshot():
        round_ = _round(code)
        is_new = _made_ready(folder)
        try:
            return {name: _written(round_, name, folder) for name in (*round_.files, "rules")}
        except BaseException as error:
            _cleared(folder, whole=is_new)
            if isinstance(error, OSError):
                raise _unwritable(folder, error) from error
            raise


def _round(code: str) -> Round:
    project = Project.objects.filter(code=code).first()
    if project is None:
        raise NotDumped(f"没有项目 {code}。")
    if project.kind == ProjectKind.DEMAND:
        published = AgreedVersion.objects.filter(project=project, state=State.PUBLISHED)
        return Round(project, published.first(), None)
    if project.kind != ProjectKind.ALLOCATION:
        raise NotDumped(f"项目 {code} 是{project.get_kind_display()}任务，没有约定采购量可导出。")
    made = generation_of(project)
    return Round(made.source, made.version, project) if made else Round(None, None, project)


def _made_ready(folder: Path) -> bool:
    """Whether the folder was made here."""
    try:
        if folder.exists() and any(folder.iterdir()):
            raise NotDumped(f"目录 {folder} 不是空的，没有导出。")
        is_new = not folder.exists()
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unwritable(folder, error) from error
    return is_new


def _unwritable(folder: Path, error: OSError) -> NotDumped:
    return NotDumped(f"不能写入目录 {folder}（{error.strerror}），没有导出。")


def _written(round_: Round, name: str, folder: Path) -> int:
    path = folder / f"{name}.csv"
    if name == "rules":
        with path.open("w", encoding="utf-8", newline="") as file:
            lines = rule_lines(round_.version, round_.demand, round_.allocation)
            csv.writer(file, lineterminator="\n").writerows([HEADER, *lines])
    else:
        with path.open("wb") as file:
            file.writelines(sql.contents(round_.files[name], round_.bound))
    return path.stat().st_size


def _cleared(folder: Path, *, whole: bool) -> None:
    for path in folder.glob("*.csv"):
        path.unlink()
    if whole:
        folder.rmdir()
