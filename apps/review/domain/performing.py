"""The one function that changes statuses: one filing or ten thousand, in a constant number of statements."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.proofs import require_proof
from apps.accounts.domain.reset_marks import noted_reset, tell_report
from apps.audit.services import Entry, record_many
from apps.projects.models import Project
from apps.review.domain.attachments.reads import check_ticked
from apps.review.domain.carrying import Instruction, service_for
from apps.review.domain.checks import (
    check_complete,
    check_deadline,
    check_gate,
    check_guards,
    check_law,
    check_present,
    check_program,
    check_reason,
    check_versions,
)
from apps.review.domain.consequences import settle_requests, tell_units
from apps.review.domain.effects import word
from apps.review.domain.events import Change, write_events
from apps.review.domain.kinds import kind_of
from apps.review.domain.machine import TRANSITIONS, Transition
from apps.review.domain.mandates.using import require_mandate
from apps.review.domain.standing import Standing, hold_own_standing, hold_standing
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, SETTLED, Action, Status
from apps.scope.database import Ask, one_trip, send, send_last
from apps.scope.sql import Update

First = Callable[[Standing], None]
"""What else is checked or changed below the held filings, before everything else."""


def carry(filings: Sequence[Filing], action: Action, told: Instruction) -> list[Filing]:
    """Take the act as it was filled in, by its own service if it has one. Raises a `ReviewRefused`."""
    if service := service_for(action):
        return service(filings, told)
    return perform(
        filings,
        action,
        by=told.by,
        reason=told.reason,
        deadline=told.deadline,
        versions=told.versions,
    )


@transaction.atomic
def perform(
    filings: Sequence[Filing],
    action: Action,
    *,
    by: Actor,
    reason: str = "",
    deadline: datetime | None = None,
    versions: Mapping[int, int] | None = None,
    confirmed: bool = False,
    at: datetime | None = None,
    first: First | None = None,
) -> list[Filing]:
    """Take `action` on filings of one project: all of them or none. Returns them as they are now.

    `versions` are the versions that the person saw, by id. `confirmed` says that units missing below a bureau
    were named and accepted (lenient gate, 办结). `deadline` is the correction deadline of a return. `at` is when the
    request arrived, now by default: what came before the end counts, however long it waited for a lock.
    Raises a `ReviewRefused` that names which filings and why, `ProofMissing` where nothing else stands against it.
    """
    if not filings:
        return []
    at = at or by.moment
    standing = hold_standing(filings, action, at)
    check_present(filings, standing.branch)
    if first is not None:
        first(standing)
    deadline = _check(
        standing,
        action,
        by=by,
        at=at,
        reason=reason,
        deadline=deadline,
        versions=versions,
        confirmed=confirmed,
    )
    return _move(standing, action, by=by, reason=reason, deadline=deadline, at=at)


@transaction.atomic
def perform_own(
    code: str,
    action: Action,
    *,
    kinds: Collection[str],
    work: Ask[Any],
    by: Actor,
    version: int | None = None,
    first: First | None = None,
) -> Filing:
    """The same of the own filing in the project of this code, which is looked for in the trip that locks it.

    `work` is what its kind asks before it is complete. Raises `Filing.DoesNotExist` where the unit is no institution
    with such a filing.
    """
    standing = hold_own_standing(code, work, kinds=kinds, by=by, at=by.moment)
    (own,) = standing.branch.filings
    if first is not None:
        first(standing)
    versions = None if version is None else {own.pk: version}
    _check(standing, action, by=by, at=by.moment, versions=versions)
    (performed,) = _move(standing, action, by=by, reason="", deadline=None, at=by.moment)
    return performed


def _check(
    standing: Standing,
    action: Action,
    *,
    by: Actor,
    at: datetime,
    reason: str = "",
    deadline: datetime | None = None,
    versions: Mapping[int, int] | None = None,
    confirmed: bool = False,
) -> datetime | None:
    """Everything that may stand against it, in this order. Returns the correction deadline of a return."""
    project, branch = standing.project, standing.branch
    checks = TRANSITIONS[action].checks
    check_program(project, by)
    check_versions(branch, versions, action)
    check_reason(action, reason)
    check_law(project, branch, action, standing.situations, by)
    check_guards(project, branch, action)
    deadline = check_deadline(project, branch, action, deadline, at)
    if "complete" in checks:
        check_complete(branch, standing.work)
    check_ticked(project, branch, action, by)
    if "gate" in checks:
        check_gate(project, branch, confirmed=confirmed)
    if by.mandate is not None:
        require_mandate(by)
    require_proof(by=by, asked=project.asks_proof and TRANSITIONS[action].act.proves)
    return deadline


LONGEST_REASON = 500
LONGEST_CLOSING: int = Filing._meta.get_field("closed_as").max_length  # type: ignore[assignment]


def _move(
    standing: Standing,
    action: Action,
    *,
    by: Actor,
    reason: str,
    deadline: datetime | None,
    at: datetime,
) -> list[Filing]:
    project, branch = standing.project, standing.branch
    law = TRANSITIONS[action]
    target = law.target
    changes = [Change(filing, filing.state, target, deadline) for filing in branch.filings]
    kind = kind_of(project)
    reason = _with_reset_note(project, changes, law, by=by, reason=reason, at=at)
    if law.restores:
        kind.restore(branch.filings)
    if target == Status.LAPSED:
        kind.on_lapse(branch.filings)
    values = _new_values(law, by=by, reason=reason, deadline=deadline, at=at)
    with one_trip():
        pks = [filing.pk for filing in branch.filings]
        send(Update(Filing, pks, values, counted=["version"]))
        for filing in branch.filings:
            filing.version += 1
            for field, value in values.items():
                setattr(filing, field, value)
        write_events(changes, action=action, by=by, reason=reason, at=at, heads=standing.heads)
        _run_hooks(project, changes)
        settle_requests(project, changes, action=action, by=by, at=at)
        tell_units(project, changes, action=action, reason=reason, by=by, at=at)
        told = [] if law.is_part else changes
        record_many(by=by, entries=[_entry(project, change, action, reason) for change in told])
        send_last()
    return list(branch.filings)


def _with_reset_note(
    project: Project,
    changes: Sequence[Change],
    law: Transition,
    *,
    by: Actor,
    reason: str,
    at: datetime,
) -> str:
    """The reason of the act, with a note if it is the first report of a filing since a unit above reset the password.

    So nobody who could have set the password reports in a unit's name without its history, its log and the tier above
    saying so.
    """
    if by.user is None or by.on_behalf_of or "reporter" not in law.signs or law.restores:
        return reason
    own = [change.filing for change in changes if change.filing.path == by.user.path]
    notes = {noted_reset(by.user, since=filing.submitted_at, at=at) for filing in own}
    note = max(notes, default="")
    if not note:
        return reason
    names = [filing.organization.name for filing in own]
    tell_report(by.user, names=names, note=note, project=project.name, by=by)
    return "；".join(filter(None, [reason, note]))[:LONGEST_REASON]


def _new_values(
    law: Transition,
    *,
    by: Actor,
    reason: str,
    deadline: datetime | None,
    at: datetime,
) -> dict[str, object]:
    author = by.user.pk if by.user else None
    values: dict[str, object] = {"status": law.target}
    if "reporter" in law.signs:
        values |= {"submitted_at": at, "submitted_by_id": author}
        values |= {} if law.substituted else {"reported_once": True}
    if law.substituted is not None:
        values |= {"substituted": law.substituted}
    if law.target == Status.RETURNED:
        tier = by.organization.tier if by.organization else ""
        values |= {
            "return_reason": reason,
            "correction_deadline": deadline,
            "returned_by_tier": tier,
        }
    if law.restores or law.target in SETTLED | {Status.RETURNED}:
        values |= {"added_since": None}
    if Status.LAPSED in (law.target, *law.sources):
        values |= {"closed_as": reason[:LONGEST_CLOSING] if law.settles else ""}
    if "reviewer" in law.signs:
        values |= {"reviewed_at": at, "reviewed_by_id": author}
    return values


def _run_hooks(project: Project, changes: Sequence[Change]) -> None:
    kind = kind_of(project)
    frozen = [c.filing for c in changes if c.target in FROZEN and c.source not in FROZEN]
    freed = [c.filing for c in changes if c.source in FROZEN and c.target not in FROZEN | SETTLED]
    excluded = [c.filing for c in changes if c.target == Status.EXCLUDED]
    if frozen:
        kind.freeze(frozen)
    if freed:
        kind.unfreeze(freed)
    if excluded:
        kind.on_lapse(excluded)


def _entry(project: Project, change: Change, action: Action, reason: str) -> Entry:
    name = change.filing.organization.name
    why = f"，原因：{reason}" if reason else ""
    done = action.label if change.filing.is_institution else word(action)
    return Entry(
        verb=done,
        object=name,
        sentence=f"{done}：{name}在“{project.name}”的申报{why}",
        path=change.filing.path,
        project_code=project.code,
    )
