"""What the portal does in the background: reminding thousands of units, and of the end of a 补报."""

from apps.accounts.models.roles import Permission
from apps.jobs.periodic import periodic
from apps.jobs.registry import background
from apps.jobs.running import JobRun
from apps.portal.domain.reminding import RemindRefused, remind
from apps.portal.domain.supplement_ends import remind_of_supplement_ends
from apps.projects.models import Project

REMIND = "portal.remind"


@background(REMIND, title="催报", permissions=[Permission.REVIEW], refusals=[RemindRefused])
def remind_many(job: JobRun, *, project_id: int, filing_ids: list[int], words: str) -> None:
    project = Project.objects.get(pk=project_id)
    job.say(remind(project, filing_ids, by=job.actor, words=words).in_words)


@periodic("*/10 * * * *", name="portal.supplement_ends")
def supplement_ends() -> None:
    remind_of_supplement_ends()
