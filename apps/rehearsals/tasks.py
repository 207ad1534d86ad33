"""Making a rehearsal in the background."""

from datetime import datetime

from django.urls import reverse

from apps.accounts.models.roles import Permission
from apps.jobs.registry import background
from apps.jobs.running import JobRun
from apps.projects.models import Project
from apps.rehearsals.domain.making import make_rehearsal
from apps.rehearsals.domain.refusals import RehearsalRefused

MAKE = "rehearsals.make"
STEPS = 3


@background(MAKE, title="制作演练", permissions=[Permission.MANAGE], refusals=[RehearsalRefused])
def make(job: JobRun, *, project_id: int, starts_at: str, seed: int) -> None:
    """Every table anew, every account of the country, invented reports."""
    told: list[str] = []

    def tell(words: str) -> None:
        job.progress(len(told), STEPS, words)
        told.append(words)

    held = make_rehearsal(
        project=Project.objects.get(pk=project_id),
        starts_at=datetime.fromisoformat(starts_at),
        seed=seed,
        by=job.actor,
        tell=tell,
    )
    job.say(f"“{held.project_name}”的演练已经做好，{held.reports:,} 家机构有虚拟上报。")
    job.link(reverse("rehearsals:rehearsal_detail", args=[held.pk]), "进入演练")
