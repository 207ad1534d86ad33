"""What demand reporting does in the background: the summary of work in progress."""

from apps.accounts.models.roles import Permission
from apps.jobs.periodic import periodic
from apps.jobs.registry import background
from apps.jobs.running import JobRun
from apps.projects.models import Project, ProjectKind
from apps.reporting.domain.rollup.progress import REFRESH, refresh

COUNTED = (ProjectKind.DEMAND, ProjectKind.HISTORY)


@background(REFRESH, title="更新填报进度统计", permissions=[Permission.QUERY], atomic=False)
def refresh_project(job: JobRun, *, project_id: int) -> None:
    """Of the bureaus that the owner may see; those above follow at the next periodic refresh."""
    project = Project.objects.get(pk=project_id)
    refresh(project)
    job.say(f"“{project.name}”的进度统计已更新。")


@periodic("*/20 * * * *", name="reporting.refresh_summaries")
def refresh_summaries() -> None:
    """Every round in progress; what nobody touched costs one look."""
    for project in Project.objects.in_progress().filter(kind__in=COUNTED).order_by("pk"):
        refresh(project)
