"""What a report says of a password that a unit above has reset: in its event, in the chain of hashes and in the log.

Invariant: nobody who could have set the password of an institution reports in its name without its history saying so.
"""

from collections.abc import Sequence
from datetime import datetime

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.reset_marks import noted_reset, tell_report
from apps.projects.models import Project
from apps.review.domain.events import Change
from apps.review.domain.machine import Transition

LONGEST = 500


def with_reset_note(
    project: Project,
    changes: Sequence[Change],
    law: Transition,
    *,
    by: Actor,
    reason: str,
    at: datetime,
) -> str:
    """The reason of the act, with the note if it is the first report of a filing since the reset; units are told."""
    if by.user is None or by.on_behalf_of or "reporter" not in law.signs or law.restores:
        return reason
    own = [change.filing for change in changes if change.filing.path == by.user.path]
    notes = {noted_reset(by.user, since=filing.submitted_at, at=at) for filing in own}
    note = max(notes, default="")
    if not note:
        return reason
    names = [filing.organization.name for filing in own]
    tell_report(by.user, names=names, note=note, project=project.name, by=by)
    return "；".join(filter(None, [reason, note]))[:LONGEST]
