"""A bureau's desk in one project: its own filing, what stands below it, what it may do. Reads only.

Invariant: a page of rows costs as many statements as a single row.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField
from django.http import Http404

from apps.accounts.domain.actors import Actor
from apps.projects.models import Approval, Gate, Project
from apps.projects.models.windows import Timing
from apps.projects.pages.lookups import project_or_404
from apps.review.domain.kinds import kind_of
from apps.review.domain.locks import read_branch
from apps.review.domain.machine import TRANSITIONS, Transition
from apps.review.domain.reads import Progress, progress_of
from apps.review.domain.standing import is_recused, parties_of, situations, timings_by_path
from apps.review.domain.why.obstacles import refusal
from apps.review.domain.why.possible import available
from apps.review.models import Filing
from apps.review.models.statuses import EDITABLE, Action
from apps.review.pages.buttons import asking_url, in_words
from apps.review.pages.steps import Step, steps_of
from apps.scope.prepared import Prepared


@dataclass(frozen=True, slots=True)
class BureauPage:
    """The own filing with its project; `others` are the own filings of all projects, the latest first."""

    project: Project
    own: Filing
    others: tuple[Filing, ...]

    @property
    def choices(self) -> list[tuple[str, str]]:
        """The projects of the same kind, for the 项目 filter."""
        same = (f.project for f in self.others if f.project.kind == self.project.kind)
        return [(project.code, project.name) for project in same]


def own_filings(by: Actor) -> list[Filing]:
    """The filings of the person's unit with their projects, the latest project first; one statement."""
    if by.organization is None:
        return []
    return OWN_FILINGS(organization=by.organization.pk)


OWN_FILINGS: Prepared[Filing] = Prepared(
    lambda organization: (
        Filing.objects.filter(organization_id=organization)
        .select_related("project", "organization")
        .order_by("-project__published_at", "-pk")
    ),
    organization=BigIntegerField(),
)
"""Read by every page of a bureau."""


class OutsideChain(Http404):
    """The unit sees the project, because its institutions take part, but has no package in its chain.

    Pages that don't explain it (`explains_chain`) are not found.
    """

    def __init__(self, project: Project) -> None:
        super().__init__(project.code)
        self.project = project


def desk_for(by: Actor, code: str) -> BureauPage:
    """Raises `OutsideChain` where the person's unit has no filing, `Http404` where it doesn't see the project."""
    filings = own_filings(by)
    for own in filings:
        if own.project.code == code:
            return BureauPage(own.project, own, tuple(filings))
    raise OutsideChain(project_or_404(code))


@dataclass(frozen=True, slots=True)
class Overview:
    """What the head of the desk shows. `is_locked`: a tier above submitted without waiting for this unit.

    `asking_url`: where the own package is asked back (申请撤回), if it can be.
    """

    progress: Progress
    timing: Timing
    steps: list[Step]
    own_actions: frozenset[Action]
    why_not_submit: str | None
    is_locked: bool
    asking_url: str
    row_actions: dict[int, frozenset[Action]]
    strict: bool
    one_by_one: bool

    @property
    def blocked(self) -> int:
        """How many units keep the package from being submitted."""
        waiting = self.progress.submitted + self.progress.returned
        return waiting + (self.progress.draft if self.strict else 0)

    @property
    def is_ready(self) -> bool:
        """Whether 提交 is the next thing to do: something to submit, and nothing that blocks it."""
        ready = self.progress.settled and not self.blocked
        return Action.SUBMIT in self.own_actions and bool(ready)

    @property
    def is_complete(self) -> bool:
        """Whether 办结 is the next thing to do: at most reports are missing, which it names."""
        waiting = self.progress.submitted + self.progress.returned
        return bool(self.progress.settled) and not waiting

    @property
    def done_text(self) -> str:
        """`12 / 17 已审完`."""
        return f"{self.progress.settled:,} / {self.progress.total:,} 已审完"

    @property
    def batch(self) -> list[Action]:
        """The acts that some row of this page allows."""
        offered = frozenset().union(*self.row_actions.values())
        return [
            action
            for action, law in TRANSITIONS.items()
            if action in offered and law.act.in_batch and self._takes_many(law)
        ]

    def is_tickable(self, filing: Filing) -> bool:
        laws = [TRANSITIONS[action] for action in self.row_actions.get(filing.pk, ())]
        return any(law.act.ticks_rows and self._takes_many(law) for law in laws)

    def _takes_many(self, law: Transition) -> bool:
        return not (self.one_by_one and law.one_by_one)


def overview(desk: BureauPage, rows: Sequence[Filing], by: Actor, *, at: datetime) -> Overview:
    """Three statements, whatever the number of rows: the branch, the windows, the counts."""
    project, filings = desk.project, [desk.own, *rows]
    branch, own = read_branch(filings), desk.own
    timings = timings_by_path(project, filings, branch)
    facing = situations(project, filings, branch, at, timings)
    possible: dict[Any, list[Action]] = {}
    actions = {}
    for filing, situation in zip(filings, facing, strict=True):
        # Most rows of a page stand alike: what the law says of one holds for all of them.
        alike = situation, parties_of(filing, branch, by)
        if alike not in possible:
            possible[alike] = available(situation, project, alike[1])
        actions[filing.pk] = frozenset(
            action for action in possible[alike] if not is_recused(project, filing, action, by)
        )
    return Overview(
        progress=progress_of(own),
        timing=timings[own.path],
        steps=steps_of(own, branch),
        own_actions=actions.pop(own.pk),
        why_not_submit=refusal(Action.SUBMIT, facing[0], project),
        asking_url=asking_url(project, own, branch, by),
        is_locked=project.is_in_progress and own.state in EDITABLE and branch.is_frozen(own),
        row_actions=actions,
        strict=project.gate == Gate.STRICT,
        one_by_one=project.approval == Approval.ONE_BY_ONE,
    )


def package_in_words(own: Filing, number: int) -> str:
    """`17 家单位、协议明细 4,250 条、合同金额 ¥ 1,204.00`: what a package holds, for confirmations."""
    figures = kind_of(own).figures([own]).get(own.pk, [])
    return "、".join([f"{number:,} 家单位", *filter(None, [in_words(figures)])])
