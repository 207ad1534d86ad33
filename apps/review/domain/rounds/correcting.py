"""更正 of a published project: previewed, then applied in one act; undone only by another correction.

Invariants: all of it or nothing; nothing frozen moves but by being given back first, from the top down; a report keeps
what it was reported at. Locks: the project, filings by path, the corrected row, capacity pools last of all.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from apps.accounts.domain.actors import Actor
from apps.audit.domain.seen import ChangedMeanwhile
from apps.audit.services import record
from apps.organizations.models import Tier
from apps.projects.domain.corrections.acts import Paper, Size, keep, write
from apps.projects.domain.corrections.fields import (
    Change,
    Effect,
    Kind,
    Subject,
    changes_of,
    in_words,
    read,
    subject_of,
)
from apps.projects.domain.refusals import locked
from apps.projects.models import Correction, Phase, Project
from apps.review.domain.checks import check_alliance
from apps.review.domain.guards import objections
from apps.review.domain.kinds import Reach, kind_of
from apps.review.domain.locks import lock_branch
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ActionRefused, ReasonMissing
from apps.review.domain.rounds.correction_messages import tell
from apps.review.models import Filing, FilingEvent
from apps.review.models.statuses import EDITABLE, FROZEN, Action
from apps.scope.paths import ROOT, ancestors

Progress = Callable[[int, int, str], None]
DOWN = (Tier.PROVINCE, Tier.CITY, Tier.COUNTY, Tier.INSTITUTION)
STEPS = len(DOWN) + 3
NOTHING_CHANGED = "没有改动任何内容，请先修改要更正的项。"
NOT_PUBLISHED = "项目还没有发布，请直接修改。"
CONCLUDED = "项目已办结，数据已经固定，只能更正文字；需要更正“{label}”的，请先撤销办结。"
NO_REASON = "请填写更正的原因。"
NO_PAPER = "请上传更正所依据的文件。"


@dataclass(frozen=True, slots=True)
class Touched:
    """The filings that a correction moves: institutions given back, those at work, packages above either.

    Nobody's package is given back for a unit that was counted as not reported: nothing of it counts.
    """

    reported: tuple[Filing, ...] = ()
    at_work: tuple[Filing, ...] = ()
    packages: tuple[Filing, ...] = ()

    @property
    def frozen(self) -> tuple[Filing, ...]:
        return (*self.packages, *self.reported)

    @property
    def institutions(self) -> tuple[Filing, ...]:
        return (*self.reported, *self.at_work)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a correction would do now; `problems` refuse it."""

    changes: tuple[Change, ...]
    effects: tuple[Effect, ...]
    reach: tuple[Reach, ...]
    touched: Touched
    problems: tuple[str, ...]

    @property
    def filings(self) -> int:
        return sum(reached.filings for reached in self.reach)

    @property
    def lines(self) -> int:
        return sum(reached.lines for reached in self.reach)

    @property
    def size(self) -> Size:
        return Size(self.filings, self.lines, len(self.touched.frozen))


def preview_of(project: Project, subject: Subject, values: Mapping[str, Any]) -> Preview:
    """A constant number of statements, whatever it touches. Raises `ProjectRefused`, `ActionRefused`."""
    changes = _changes(project, subject, values)
    kind = kind_of(project)
    touched = _touched(project, changes)
    objecting = objections(project, touched.packages, Action.CORRECT)
    problems = [kind.objection(changes), *dict.fromkeys(objecting.values())]
    return Preview(
        tuple(changes),
        tuple(_effects(project, changes)),
        tuple(kind.reach(project, changes)),
        touched,
        tuple(problem for problem in problems if problem),
    )


def _changes(project: Project, subject: Subject, values: Mapping[str, Any]) -> list[Change]:
    if not project.is_frozen:
        raise ActionRefused(NOT_PUBLISHED)
    changes = changes_of(subject, values)
    if not changes:
        raise ActionRefused(NOTHING_CHANGED)
    beyond = [change for change in changes if change.effect != Effect.TEXT]
    if project.phase == Phase.CONCLUDED and beyond:
        raise ActionRefused(CONCLUDED.format(label=beyond[0].label))
    return changes


def _effects(project: Project, changes: Sequence[Change]) -> list[Effect]:
    kind = kind_of(project)
    effects = {kind.effect(change) for change in changes}
    return [effect for effect in Effect if effect in effects]


def _measured(project: Project, changes: Sequence[Change]) -> list[Change]:
    kind = kind_of(project)
    return [change for change in changes if kind.effect(change) == Effect.MEASURE]


def _touched(project: Project, changes: Sequence[Change]) -> Touched:
    """Two statements, none where only texts and prices change."""
    measured = _measured(project, changes)
    if not measured:
        return Touched()
    ids = kind_of(project).touched(project, measured)
    rows = Filing.objects.of_project(project).filter(pk__in=ids).select_related("organization")
    held = list(rows.order_by("path"))
    above = {path for filing in held for path in ancestors(filing.path)}
    packages = Filing.objects.of_project(project).filter(path__in=above, status__in=FROZEN)
    frozen = {
        package.path: package
        for package in packages.select_related("organization").order_by("path")
    }
    moving = [filing for filing in held if filing.state in FROZEN | EDITABLE]
    opened = {path for filing in moving for path in ancestors(filing.path)} & frozen.keys()
    closed = frozen.keys() - opened
    at_work = [filing for filing in held if filing.state not in FROZEN]
    return Touched(
        reported=tuple(filing for filing in held if filing.state in FROZEN),
        at_work=tuple(row for row in at_work if not closed.intersection(ancestors(row.path))),
        packages=tuple(package for path, package in frozen.items() if path in opened),
    )


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants corrected, and on what ground.

    `was`: what the page showed of these fields, in words. `deadline`: until when what is given back is reported anew.
    """

    kind: Kind
    pk: int
    values: Mapping[str, Any]
    reason: str
    paper: Paper | None
    deadline: datetime | None = None
    was: Mapping[str, str] = field(default_factory=dict)

    @property
    def packed(self) -> dict[str, Any]:
        """For a job."""
        return {
            "kind": self.kind.value,
            "pk": self.pk,
            "values": {
                name: str(value) if isinstance(value, Decimal) else value
                for name, value in self.values.items()
            },
            "was": dict(self.was),
            "reason": self.reason,
            "paper": [self.paper.stored, self.paper.name] if self.paper else None,
            "deadline": self.deadline.isoformat() if self.deadline else "",
        }

    @classmethod
    def unpacked(cls, told: Mapping[str, Any]) -> "Wanted":
        return cls(
            kind=Kind(told["kind"]),
            pk=told["pk"],
            values={name: read(name, value) for name, value in told["values"].items()},
            was=told["was"],
            reason=told["reason"],
            paper=Paper(*told["paper"]) if told["paper"] else None,
            deadline=datetime.fromisoformat(told["deadline"]) if told["deadline"] else None,
        )


@transaction.atomic
def correct(
    *,
    project: Project,
    wanted: Wanted,
    by: Actor,
    progress: Progress = lambda _done, _total, _words: None,
) -> Correction:
    """All of it or nothing; one line in the log, a message to everybody concerned.

    Raises a `ReviewRefused`, `ProjectRefused`, `ChangedMeanwhile`; then nothing was written.
    """
    check_alliance(by)
    project = locked(project)
    subject = subject_of(project, wanted.kind, wanted.pk)
    if subject is None:
        raise ActionRefused("要更正的内容不在本项目中，请刷新页面后重试。")
    if any(in_words(name, subject.values[name]) != said for name, said in wanted.was.items()):
        raise ChangedMeanwhile
    reason, paper = _ground(wanted)
    changes = _changes(project, subject, wanted.values)
    progress(0, STEPS, "正在锁定涉及的申报单")
    touched = _held(project, changes)
    kind = kind_of(project)
    reach = kind.reach(project, changes)
    size = Size(
        sum(reached.filings for reached in reach),
        sum(reached.lines for reached in reach),
        len(touched.frozen),
    )
    made = keep(project, changes, reason=reason, paper=paper, size=size, by=by)
    _give_back(touched, made, wanted.deadline, by=by, progress=progress)
    at_work = Filing.objects.among(filing.pk for filing in touched.at_work)
    at_work.filter(added_since__isnull=False).update(added_since=None)
    write(made, subject, changes)
    kind.on_correct(project, changes, [filing.pk for filing in touched.institutions])
    tell(project, made, changes, touched.institutions, touched.packages, by=by)
    record(
        by=by,
        verb="更正",
        object=project.name,
        sentence=_sentence(made, changes),
        path=ROOT,
        project_code=project.code,
    )
    progress(STEPS, STEPS, "已完成")
    return made


def _ground(wanted: Wanted) -> tuple[str, Paper]:
    if not (reason := wanted.reason.strip()):
        raise ReasonMissing(NO_REASON)
    if wanted.paper is None:
        raise ReasonMissing(NO_PAPER)
    return reason, wanted.paper


def _held(project: Project, changes: Sequence[Change]) -> Touched:
    """What moves, locked from the top down in one go, and as it stands then."""
    before = _touched(project, changes)
    lock_branch(sorted((*before.frozen, *before.at_work), key=lambda filing: filing.path))
    return _touched(project, changes) if before.institutions else before


def _give_back(
    touched: Touched,
    made: Correction,
    deadline: datetime | None,
    *,
    by: Actor,
    progress: Progress,
) -> None:
    """Tier by tier from the top: what a package holds can be given back only once the package is."""
    reason = f"{made}：{'；'.join(change['label'] for change in made.told)}更正，{made.reason}"[
        :500
    ]
    for step, tier in enumerate(DOWN, start=1):
        group = [filing for filing in touched.frozen if filing.tier == tier]
        progress(step, STEPS, f"正在退回{tier.label}的申报")
        perform(group, Action.CORRECT, by=by, reason=reason, deadline=deadline)


def _sentence(made: Correction, changes: Sequence[Change]) -> str:
    what = "；".join(change.words for change in changes)
    moved = f"；涉及 {made.filings:,} 家机构 {made.lines:,} 条明细" if made.filings else ""
    back = f"，退回 {made.returned:,} 份申报" if made.returned else ""
    return f"{made}：{what}{moved}{back}；原因：{made.reason}"


def keep_from_restoring(
    _project: Project, filings: Sequence[Filing], _action: Action
) -> Mapping[int, str]:
    """A guard of 恢复: what a correction gave back is not restored as it was reported. One statement."""
    latest = FilingEvent.objects.filter(filing__in=[filing.pk for filing in filings])
    moves = latest.exclude(source=F("target"))
    last = moves.order_by("filing_id", "-sequence").distinct("filing_id")
    given_back = last.values_list("filing_id", "action")
    said = "上次上报之后目录或中选结果有更正，不能恢复，须由机构重新核对上报"
    return {filing: said for filing, act in given_back if act == Action.CORRECT}
