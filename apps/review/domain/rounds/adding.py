"""增补品规 of a published round of reports: previewed, then applied in one act; taken back by 撤下 alone.

Invariants: all of it or nothing; what was reported stays as it is but for the added line, which alone may be filled in
until its time is over, and what isn't answered by then is restored as it was. Who had not reported finds one row more,
and as much time as the others. Locks: the project, filings by path.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.organizations.models import Tier
from apps.projects.domain.corrections.acts import Paper, Size, keep
from apps.projects.domain.corrections.adding import check_code, name_of, reserved, write_added
from apps.projects.domain.corrections.fields import Change, read
from apps.projects.domain.refusals import locked
from apps.projects.domain.windows.supplements import open_windows
from apps.projects.domain.windows.timings import timings_for
from apps.projects.models import Correction, Phase, Project, ProjectKind
from apps.review.domain.checks import check_alliance
from apps.review.domain.guards import objections
from apps.review.domain.kinds import kind_of
from apps.review.domain.locks import lock_branch
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ActionRefused, DeadlineInvalid, ReasonMissing
from apps.review.domain.returns.deadlines import Deadlines, require_order
from apps.review.domain.rounds.correcting import DOWN, NO_PAPER, Progress, Touched
from apps.review.domain.rounds.correction_messages import tell_of_addition
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, FROZEN, Action
from apps.scope.paths import ROOT, ancestors, in_subtree

STEPS = len(DOWN) + 3
DEALT_OUT = "分量项目的品规由约定采购量带入，不能增补。"
NOT_PUBLISHED = "项目还没有发布，请直接导入目录。"
CONCLUDED = "项目已办结，数据已经固定，不能增补品规；确需增补的，请先撤销办结。"
NOBODY = "所选单位中没有参加本项目的医疗机构，请核对单位编码。"
NO_REASON = "请填写增补的原因。"
NO_END = "请填写医疗机构补填本品规的截止时间。"


@dataclass(frozen=True, slots=True)
class Addition:
    """The item, whom it concerns, and on what ground.

    `units`: paths; whoever takes part below them is concerned, everybody without any. `deadlines`: by tier, the end of
    the time of its own that the line has.
    """

    values: Mapping[str, Any]
    reason: str
    paper: Paper | None
    deadlines: Deadlines
    units: tuple[str, ...] = ()

    @property
    def packed(self) -> dict[str, Any]:
        """For a job."""
        return {
            "values": {
                name: str(value) if isinstance(value, Decimal) else value
                for name, value in self.values.items()
            },
            "reason": self.reason,
            "paper": [self.paper.stored, self.paper.name] if self.paper else None,
            "deadlines": {tier: end.isoformat() for tier, end in self.deadlines.items()},
            "units": list(self.units),
        }

    @classmethod
    def unpacked(cls, told: Mapping[str, Any]) -> "Addition":
        return cls(
            values={name: read(name, value) for name, value in told["values"].items()},
            reason=told["reason"],
            paper=Paper(*told["paper"]) if told["paper"] else None,
            deadlines={
                tier: datetime.fromisoformat(end) for tier, end in told["deadlines"].items()
            },
            units=tuple(told["units"]),
        )


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom an addition concerns; `prolonged` are at work and would have less time for it than the others.

    `settled` did not report, or take part no more; `early` are bureaus above whose own time ends before the
    institutions'.
    """

    touched: Touched
    prolonged: tuple[Filing, ...]
    settled: int
    early: int

    @property
    def size(self) -> Size:
        return Size(len(self.touched.institutions), 0, len(self.touched.frozen))


@dataclass(frozen=True, slots=True)
class Preview:
    """What an addition would do now; `problems` refuse it."""

    concerned: Concerned
    problems: tuple[str, ...]


def preview_of(project: Project, wanted: Addition) -> Preview:
    """A constant number of statements. Raises `ProjectRefused`, `ActionRefused`, `DeadlineInvalid`."""
    _check(project, wanted)
    found = _concerned(project, wanted)
    return Preview(found, tuple(_objections(project, found.touched.packages)))


def _objections(project: Project, packages: Sequence[Filing]) -> list[str]:
    root = Filing.objects.of_project(project).filter(parent=None)
    return list(dict.fromkeys(objections(project, [*root, *packages], Action.ADD).values()))


def _check(project: Project, wanted: Addition) -> None:
    if project.kind == ProjectKind.ALLOCATION:
        raise ActionRefused(DEALT_OUT)
    if not project.is_frozen:
        raise ActionRefused(NOT_PUBLISHED)
    if project.phase == Phase.CONCLUDED:
        raise ActionRefused(CONCLUDED)
    check_code(project, wanted.values["item_code"])
    if wanted.deadlines.get(Tier.INSTITUTION, timezone.now()) <= timezone.now():
        raise DeadlineInvalid(NO_END)
    require_order(wanted.deadlines)


def _concerned(project: Project, wanted: Addition) -> Concerned:
    """Five statements."""
    rows = Filing.objects.of_project(project).institutions()
    if wanted.units:
        rows = rows.filter(reduce(or_, (in_subtree(path) for path in wanted.units), Q()))
    everybody = list(rows.select_related("organization").order_by("path"))
    if not everybody:
        raise ActionRefused(NOBODY)
    bureaus = Filing.objects.of_project(project).bureaus().select_related("organization")
    above = {path for filing in everybody for path in ancestors(filing.path)}
    over = [filing for filing in bureaus.order_by("path") if filing.path in above]
    touched = _touched(everybody, over)
    end = wanted.deadlines[Tier.INSTITUTION]
    working = [filing for filing in touched.at_work if not filing.maintained]
    reviewing = [bureau for bureau in over if bureau.state not in FROZEN]
    return Concerned(
        touched,
        tuple(_ending(project, working, before=end)),
        len(everybody) - len(touched.institutions),
        len(_ending(project, reviewing, before=end)),
    )


def _touched(everybody: Sequence[Filing], over: Sequence[Filing]) -> Touched:
    """Packages go back for what was reported alone; who never reported below another package counts as not reported."""
    reported = [filing for filing in everybody if filing.state in FROZEN]
    opened = {path for filing in reported for path in ancestors(filing.path)}
    frozen = {bureau.path: bureau for bureau in over if bureau.state in FROZEN}
    closed = frozen.keys() - opened
    return Touched(
        reported=tuple(reported),
        at_work=tuple(
            filing
            for filing in everybody
            if filing.state in EDITABLE and not closed.intersection(ancestors(filing.path))
        ),
        packages=tuple(bureau for path, bureau in frozen.items() if path in opened),
    )


def _ending(project: Project, filings: Sequence[Filing], *, before: datetime) -> list[Filing]:
    """Those that may act now, but not until then. Whose time is over already is not let in by this."""
    now = timezone.now()
    ends = [timing.closes_at(now) for timing in timings_for(project, filings)]
    return [row for row, end in zip(filings, ends, strict=True) if end and end < before]


@transaction.atomic
def add_item(
    *,
    project: Project,
    wanted: Addition,
    by: Actor,
    progress: Progress = lambda _done, _total, _words: None,
) -> Correction:
    """All of it or nothing; one line in the log, a message to everybody of the round.

    Raises a `ReviewRefused`, `ProjectRefused`; then nothing was written.
    """
    check_alliance(by)
    project = locked(project)
    reason, paper = _ground(wanted)
    _check(project, wanted)
    progress(0, STEPS, "正在锁定涉及的申报单")
    found = _held(project, wanted)
    touched, changes = found.touched, reserved(wanted.values)
    if problems := _objections(project, touched.packages):
        raise ActionRefused(f"{problems[0]}。")
    made = keep(project, changes, reason=reason, paper=paper, size=found.size, by=by)
    _give_back(touched, made, wanted, by=by, progress=progress)
    item = write_added(made, project, changes)
    kind_of(project).on_add(project, item, [filing.pk for filing in touched.reported])
    _prolong(project, found, made, wanted)
    tell_of_addition(
        project,
        made,
        item,
        touched.institutions,
        touched.packages,
        deadlines=wanted.deadlines,
        by=by,
    )
    record(
        by=by,
        verb="增补品规",
        object=project.name,
        sentence=_sentence(made, changes, found),
        path=ROOT,
        project_code=project.code,
    )
    progress(STEPS, STEPS, "已完成")
    return made


def _ground(wanted: Addition) -> tuple[str, Paper]:
    if not (reason := wanted.reason.strip()):
        raise ReasonMissing(NO_REASON)
    if wanted.paper is None:
        raise ReasonMissing(NO_PAPER)
    return reason, wanted.paper


def _held(project: Project, wanted: Addition) -> Concerned:
    """Whom it concerns, locked from the top down in one go, and as they stand then."""
    before = _concerned(project, wanted).touched
    lock_branch(sorted((*before.frozen, *before.at_work), key=lambda filing: filing.path))
    return _concerned(project, wanted)


def _give_back(
    touched: Touched, made: Correction, wanted: Addition, *, by: Actor, progress: Progress
) -> None:
    """Tier by tier from the top, each until its own end."""
    reason = f"{made}：增补品规 {name_of(wanted.values)}，{made.reason}"[:500]
    last = max(wanted.deadlines.values())
    for step, tier in enumerate(DOWN, start=1):
        group = [filing for filing in touched.frozen if filing.tier == tier]
        progress(step, STEPS, f"正在退回{tier.label}的申报")
        until = wanted.deadlines.get(tier, last)
        perform(group, Action.ADD, by=by, reason=reason, deadline=until)


def _prolong(project: Project, found: Concerned, made: Correction, wanted: Addition) -> None:
    open_windows(
        project,
        [filing.organization for filing in found.prolonged],
        opens_at=timezone.now(),
        closes_at=wanted.deadlines[Tier.INSTITUTION],
        reason=f"{made}：增补品规",
    )


def _sentence(made: Correction, changes: Sequence[Change], found: Concerned) -> str:
    touched = found.touched
    moved = f"；涉及 {len(touched.institutions):,} 家机构"
    back = f"，退回 {made.returned:,} 份申报" if made.returned else ""
    more = f"，延长 {len(found.prolonged):,} 家机构的填报时间" if found.prolonged else ""
    return f"{made}：增补品规 {changes[0].name}{moved}{back}{more}；原因：{made.reason}"
