"""What this app does in the background: agreed volumes of a round with many institutions."""

from django.urls import reverse

from apps.accounts.models.roles import Permission
from apps.jobs.registry import background
from apps.jobs.running import JobRun
from apps.projects.models import Project
from apps.volumes.domain.agreed.acts import generate_agreed
from apps.volumes.domain.refusals import VolumesRefused

GENERATE = "volumes.generate_agreed"


@background(
    GENERATE,
    title="生成约定采购量",
    permissions=[Permission.MANAGE],
    refusals=[VolumesRefused],
)
def generate(job: JobRun, *, project_id: int) -> None:
    """Every approved line once: some minutes for a national round."""
    project = Project.objects.get(pk=project_id)
    version = generate_agreed(project=project, by=job.actor)
    job.say(f"已生成{version}，请复核后发布。")
    job.link(reverse("volumes:agreed_list", args=[project.code]), "查看约定采购量")
