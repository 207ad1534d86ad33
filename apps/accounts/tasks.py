"""Background work of accounts."""

from typing import TYPE_CHECKING

from django.urls import reverse

from apps.accounts.domain.issue_targets import IssueRefused
from apps.accounts.domain.issuing import (
    NothingToIssue,
    UsernamesTaken,
    expire_sheets,
    fill_sheet,
    skipped_in_words,
)
from apps.accounts.domain.reads import ISSUE
from apps.accounts.domain.sessions import remove_expired_sessions
from apps.accounts.models.roles import Permission
from apps.jobs.periodic import periodic
from apps.jobs.registry import background

if TYPE_CHECKING:
    from apps.jobs.running import JobRun


@background(
    ISSUE,
    title="发放账号",
    permissions=(Permission.RESET_PASSWORDS,),
    refusals=(NothingToIssue, UsernamesTaken, IssueRefused),
)
def issue(job: "JobRun", *, sheet_id: int) -> None:
    """Make the accounts of a sheet; the passwords go into the sheet, never into the job."""

    def progress(done: int, total: int) -> None:
        job.progress(done, total, "正在生成一次性密码")

    sheet = fill_sheet(by=job.actor, sheet_id=sheet_id, progress=progress)
    done = f"已生成 {sheet.count:,} 个账号的一次性密码，请下载发放单。"
    job.say(done + skipped_in_words(sheet.skipped))
    job.link(reverse("accounts:issue_sheet", args=[sheet_id]), "下载发放单")


@periodic("17 * * * *", name="accounts.expire_sheets")
def expire() -> None:
    """Forget the one-time passwords that nobody fetched in time."""
    expire_sheets()


@periodic("41 19 * * *", name="accounts.clear_sessions")
def clear_sessions() -> None:
    """Remove the sessions of yesterday."""
    remove_expired_sessions()
