"""What the review chain does in the background: publishing a large round."""

from django.urls import reverse

from apps.accounts.roles import Permission
from apps.jobs.registry import background
from apps.jobs.running import JobRun
from apps.projects.models import Project

from .exceptions import PublicationRefused
from .services import publish_project

PUBLISH = "review.publish"


@background(
    PUBLISH, title="发布项目", permissions=[Permission.MANAGE], refusals=[PublicationRefused]
)
def publish(job: JobRun, *, project_id: int) -> None:
    """The filings of tens of thousands of institutions, and what their kind plants with them."""
    project = Project.objects.get(pk=project_id)
    planted = publish_project(project, by=job.actor)
    job.say(f"项目“{project.name}”已发布，生成 {planted:,} 份申报单。")
    job.link(reverse("review:filing_list", args=[project.code]), "进入审核")
