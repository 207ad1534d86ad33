"""提交 of a bureau's package: what is still open in it is confirmed in numbers first."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from apps.accounts.domain.actors import Actor
from apps.projects.models import Project
from apps.review.domain.carrying import Instruction, carries
from apps.review.domain.checklist import check_confirmed, checklist_of
from apps.review.domain.missing.losses import check_losses
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action


@carries(Action.SUBMIT)
def submit_as_told(filings: Sequence[Filing], told: Instruction) -> list[Filing]:
    """One package after the other. Raises a `ReviewRefused`."""
    for filing in filings:
        submit_package(
            filing,
            project=filing.project,
            by=told.by,
            versions=told.versions,
            confirmed=told.confirmed,
            losing=told.losing,
            reason=told.reason,
        )
    return list(filings)


@transaction.atomic
def submit_package(
    own: Filing,
    *,
    project: Project,
    by: Actor,
    versions: Mapping[int, int] | None = None,
    confirmed: bool = False,
    losing: int = 0,
    reason: str = "",
) -> None:
    """What is left open, and who is left out, was seen and accepted.

    `confirmed`: the numbers of what is open, and the names of who is missing. `losing`: how many reported institutions
    are left out with bureaus that have not submitted; it is accepted by itself.
    Under the locks of the act, so that nothing opens in between. Raises a `ReviewRefused`.
    """
    perform([own], Action.SUBMIT, by=by, versions=versions, confirmed=confirmed, reason=reason)
    check_confirmed(checklist_of(project, own.path), confirmed=confirmed)
    check_losses(own, accepted=losing)
