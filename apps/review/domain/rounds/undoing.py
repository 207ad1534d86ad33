"""撤销办结 and 撤销发布: a round goes a phase back while nothing was made of it; one asks, another approves.

Invariants: what was made of a conclusion or a publication keeps it where it is, and is named; the request, its
approval and the act are three entries, of which the act is one line; whoever makes something of a concluded project
holds its root filing or the project, so that it and 撤销办结 wait for each other: it is asked once more with both held.
"""

from collections.abc import Callable, Sequence

from django.db import models, transaction
from django.urls import reverse

from apps.accounts.domain import approvals
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.administrators import KEEPERS
from apps.accounts.domain.approvals import ApprovalRefused, Case, Matter, register_case
from apps.accounts.domain.proofs import require_proof
from apps.accounts.models import Approval, ApprovalKind, User
from apps.audit.services import record
from apps.notices.messages import Letter, send_to_all
from apps.notices.models import MessageKind
from apps.organizations.models import Tier
from apps.projects.domain.windows.extending import everybody_in
from apps.projects.models import Correction, Phase, Project
from apps.review.domain.checks import check_alliance
from apps.review.domain.kinds import kind_of
from apps.review.domain.performing import LONGEST_REASON, perform
from apps.review.domain.refusals import ActionRefused, ReasonMissing, UndoRefused
from apps.review.domain.tree import uproot_tree
from apps.review.models import Appeal, Filing, FilingAttachment, FilingEvent
from apps.review.models.statuses import Action
from apps.scope.paths import ROOT


class Undoing(models.TextChoices):
    """What is taken back."""

    CONCLUSION = "conclusion", "撤销办结"
    PUBLICATION = "publication", "撤销发布"

    @property
    def kind(self) -> ApprovalKind:
        return ApprovalKind[self.name]

    @property
    def effect(self) -> str:
        return EFFECTS[self]


EFFECTS = {
    Undoing.CONCLUSION: "回到办结之前：联采办可以退回各省，各级更正后再次办结；已审核通过的数据保持不变。",
    Undoing.PUBLICATION: "回到筹备：收回全部申报单，目录、规则和参加机构改好后重新发布；医疗机构暂时看不到项目。",
}
Found = Callable[[Project], Sequence[str]]
_found: list[Found] = []


def register_use(found: Found) -> None:
    """By each app that makes something of concluded projects: what it made of this one, in phrases."""
    if found not in _found:
        _found.append(found)


def obstacles_to(project: Project, what: Undoing) -> list[str]:
    """Everything that stands in the way now; empty where it may be undone."""
    if what == Undoing.CONCLUSION:
        if project.phase != Phase.CONCLUDED:
            return [f"项目当前为“{project.get_phase_display()}”，没有办结"]
        return [use for found in _found for use in found(project)]
    if project.phase != Phase.PUBLISHED:
        return [
            f"项目当前为“{project.get_phase_display()}”，只有已发布、还没有截止的项目可以撤销发布"
        ]
    return [*_done(project), *kind_of(project).drawn(project)]


def _done(project: Project) -> list[str]:
    """What the chain itself has recorded since the publication."""
    found = []
    events = FilingEvent.objects.filter(filing__project=project)
    if number := events.values("filing").distinct().count():
        found.append(f"{number:,} 家单位已经上报、审核或作过其他办理")
    if number := FilingAttachment.objects.filter(filing__project=project).count():
        found.append(f"已上传 {number:,} 份附件")
    if number := Correction.objects.of_project(project).count():
        found.append(f"已办理 {number:,} 次更正")
    if number := Appeal.objects.of_project(project).count():
        found.append(f"已受理 {number:,} 件申诉")
    return found


def standing_request(project: Project, what: Undoing) -> Approval | None:
    """The request that waits for its approval, or for being carried out."""
    rows = Approval.objects.of(what.kind, project.pk)
    found: Approval | None = (rows.waiting() | rows.ready()).first()
    return found


@transaction.atomic
def ask_undo(project: Project, what: Undoing, *, reason: str, by: Actor) -> Approval:
    """Ask another person. Raises `NotYourTurn`, `ReasonMissing`, `UndoRefused`, `ApprovalRefused`."""
    check_alliance(by)
    if not (reason := reason.strip()):
        raise ReasonMissing(f"请填写{what.label}的原因。")
    require_undoable(project, what)
    title = f"{what.label}：{project.name}（{project.code}）"[:200]
    content = {"code": project.code, "what": what.value, "told": [("办理之后", what.effect)]}
    matter = Matter(what.kind, project.pk, ROOT, title, content, reason)
    return approvals.ask(by=by, matter=matter)


def require_undoable(project: Project, what: Undoing) -> None:
    """Raises `UndoRefused` naming what stands in the way."""
    if obstacles := obstacles_to(project, what):
        raise UndoRefused(what.label, obstacles)


@transaction.atomic
def undo(project: Project, what: Undoing, *, by: Actor) -> Project:
    """Carry out what the same account asked for and another approved.

    Raises `NotYourTurn`, `UndoRefused`, `ActionRefused` without an approval, `ProofMissing`.
    """
    check_alliance(by)
    project = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
    require_undoable(project, what)
    require_proof(by=by, asked=project.asks_proof)
    asked = _spent(project, what, by)
    why = f"{asked.reason}（{asked.decided_by_name}批准）"
    units = everybody_in(project)
    done = _reopen(project, why, by) if what == Undoing.CONCLUSION else _unpublish(project)
    sentence = f"{what.label}：项目“{project.name}”{done}；原因：{why}"
    record(
        by=by,
        verb=what.label,
        object=project.name,
        sentence=sentence,
        path=ROOT,
        project_code=project.code,
    )
    _tell(project, what, units, f"{sentence}。", by)
    return project


def _spent(project: Project, what: Undoing, by: Actor) -> Approval:
    asked = standing_request(project, what)
    if asked is None:
        raise ActionRefused("还没有申请，或者申请已过期，请重新申请。")
    try:
        return approvals.spend_one(by=by, pk=asked.pk, kind=what.kind)
    except ApprovalRefused as refused:
        raise ActionRefused(str(refused)) from refused


def _reopen(project: Project, why: str, by: Actor) -> str:
    root = Filing.objects.get(project=project, tier=Tier.ALLIANCE)
    perform([root], Action.REOPEN, by=by, reason=why[:LONGEST_REASON])
    require_undoable(project, Undoing.CONCLUSION)
    project.phase = Phase.CLOSED if project.closed_at else Phase.PUBLISHED
    project.concluded_at = None
    project.save(update_fields=["phase", "concluded_at"])
    return f"回到“{project.get_phase_display()}”"


def _unpublish(project: Project) -> str:
    kind_of(project).on_unpublish(project)
    number = uproot_tree(project)
    project.phase, project.published_at = Phase.PREPARING, None
    project.extended_words, project.extended_until = "", None
    project.save(update_fields=["phase", "published_at", "extended_words", "extended_until"])
    return f"回到“{project.get_phase_display()}”，收回 {number:,} 份申报单"


def _tell(project: Project, what: Undoing, units: Sequence[str], body: str, by: Actor) -> None:
    """Everybody in the round; after 撤销发布 institutions see no project that a link could lead to."""
    url = f"/projects/{project.code}/" if what == Undoing.CONCLUSION else ""
    title = f"“{project.name}”已{what.label}"
    letter = Letter(ROOT, title, body, url, project.pk)
    send_to_all(units, letter, kind=MessageKind.ROUND, by=by)


def _may_decide(_asked: Approval, user: User) -> bool:
    """The office has one main account, and its sub-accounts count as the same person: an administrator signs beside."""
    return user.role in KEEPERS


def _place(asked: Approval) -> str:
    return reverse("review:project_undo", args=[asked.content["code"], asked.content["what"]])


for _each in Undoing:
    register_case(_each.kind, Case(_may_decide, place=_place))
