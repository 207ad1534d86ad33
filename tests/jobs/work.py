"""Work for a real worker: half of it is done, then it waits until the test lets it go on."""

import time
from io import BytesIO
from pathlib import Path

from apps.jobs.registry import background
from apps.jobs.running import JobRun
from apps.organizations.models import Organization


@background("tests.halfway", title="慢任务")
def halfway(job: JobRun, *, go: str, code: str = "420106", number: int = 0) -> None:
    """Counts itself in the unit's phone, so that doing it twice would show."""
    unit = Organization.objects.get(code=code)
    Organization.objects.filter(pk=unit.pk).update(phone=f"{unit.phone}x")
    job.result(BytesIO(b"x" * 1_000), "结果.xlsx")
    while not Path(go).exists():
        job.progress(1, 2, "做了一半")
        time.sleep(0.05)
    job.progress(2, 2)
    job.say("做完了")


background("tests.waited", title="有人在等的任务", priority=10)(halfway)
