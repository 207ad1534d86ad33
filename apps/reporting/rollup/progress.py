"""The summary of work in progress: what open bureaus hold, as of the time when a job last looked."""

from datetime import datetime

from apps.accounts.actors import Actor
from apps.jobs.models import Job
from apps.projects.models import Project


def refresh(project: Project) -> datetime:
    """Bring the project's summary up to date; only what changed is read anew. Returns its time."""
    raise NotImplementedError(project)


def ask_for_refresh(project: Project, *, by: Actor, back_url: str = "") -> Job:
    """Let the background do it; asked twice it is one job. Raises `apps.jobs.services.TooManyJobs`."""
    raise NotImplementedError((project, by, back_url))
