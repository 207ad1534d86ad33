"""What the review chain does in the background: the acts on a whole round, where the round is large."""

from dataclasses import replace

from django.urls import reverse

from apps.accounts.models.roles import Permission
from apps.jobs.registry import background
from apps.jobs.running import JobRun
from apps.projects.models import Project
from apps.review.domain.refusals import PublicationRefused, ReviewRefused
from apps.review.domain.rounds.concluding import close_project, conclude_project
from apps.review.domain.rounds.publishing import publish_project

PUBLISH = "review.publish"
CLOSE = "review.close"
CONCLUDE = "review.conclude"


@background(
    PUBLISH, title="发布项目", permissions=[Permission.MANAGE], refusals=[PublicationRefused]
)
def publish(job: JobRun, *, project_id: int, proved: bool = False) -> None:
    """The filings of tens of thousands of institutions, and what their kind plants with them.

    `proved`: whoever asked for the job has proved who it is, as for 办结.
    """
    project = Project.objects.get(pk=project_id)
    planted = publish_project(project, by=replace(job.actor, proved=proved))
    job.say(f"项目“{project.name}”已发布，生成 {planted:,} 份申报单。")
    job.link(reverse("review:filing_list", args=[project.code]), "进入审核")


@background(CLOSE, title="截止项目", permissions=[Permission.MANAGE], refusals=[ReviewRefused])
def close(job: JobRun, *, project_id: int) -> None:
    """Tens of thousands of institutions that never reported lapse in one act."""
    project = Project.objects.get(pk=project_id)
    report = close_project(project, by=job.actor)
    job.say(f"项目“{project.name}”已截止，{len(report.lapsing):,} 家从未上报的计为未报。")
    job.link(reverse("review:filing_list", args=[project.code]), "进入审核")


@background(CONCLUDE, title="办结项目", permissions=[Permission.MANAGE], refusals=[ReviewRefused])
def conclude(
    job: JobRun, *, project_id: int, confirmed: bool, losing: int = 0, proved: bool = False
) -> None:
    """The national totals are frozen with it. `confirmed`: the missing provinces were named and accepted.

    `losing`: how many reported institutions are left out with them.
    """
    project = Project.objects.get(pk=project_id)
    by = replace(job.actor, proved=proved)
    conclude_project(project, by=by, confirmed=confirmed, losing=losing)
    job.say(f"项目“{project.name}”已办结，全部数据锁定。")
    job.link(reverse("review:filing_list", args=[project.code]), "查看结果")
