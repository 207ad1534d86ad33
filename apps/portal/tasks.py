"""What the portal does in the background: reminding thousands of units."""

from apps.accounts.roles import Permission
from apps.jobs.registry import background
from apps.jobs.running import JobRun
from apps.projects.models import Project

from .reminding import RemindRefused, remind

REMIND = "portal.remind"


@background(REMIND, title="催报", permissions=[Permission.REVIEW], refusals=[RemindRefused])
def remind_many(job: JobRun, *, project_id: int, filing_ids: list[int], words: str) -> None:
    project = Project.objects.get(pk=project_id)
    job.say(remind(project, filing_ids, by=job.actor, words=words).in_words)
