"""Nothing is kept for ever: files go first, the rows of old jobs later."""

from datetime import timedelta

from django.utils import timezone

from . import files
from .models import Job

REMEMBERED = timedelta(days=90)
BATCH = 500


def remove_expired_files() -> int:
    """Delete the files of jobs past their time; return how many jobs."""
    jobs = list(Job.objects.all().expired().order_by("expires_at", "pk")[:BATCH])
    for job in jobs:
        files.remove_all(job)
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(
        files_removed=True, result="", report=""
    )
    return len(jobs)


def forget_old_jobs() -> int:
    """Delete the rows of jobs that ended long ago; return how many."""
    old = Job.objects.filter(finished_at__lt=timezone.now() - REMEMBERED, files_removed=True)
    return old.delete()[0]
