"""What the review chain does in the background: the acts on a whole round, where the round is large."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.urls import reverse

from apps.accounts.models.roles import Permission
from apps.audit.domain.seen import ChangedMeanwhile
from apps.jobs.periodic import periodic
from apps.jobs.registry import background
from apps.jobs.running import JobRun
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.models import Project
from apps.review.domain.filings.counting import fold_counts
from apps.review.domain.refusals import PublicationRefused, ReviewRefused
from apps.review.domain.rounds.adding import Addition, add_item
from apps.review.domain.rounds.concluding import close_project, conclude_project
from apps.review.domain.rounds.correcting import Wanted
from apps.review.domain.rounds.correcting import correct as correct_project
from apps.review.domain.rounds.publishing import publish_project
from apps.review.domain.rounds.undoing import Undoing
from apps.review.domain.rounds.undoing import undo as undo_round
from apps.review.files.casefiles.writing import write_casefile
from apps.review.models import Filing

PUBLISH = "review.publish"
CLOSE = "review.close"
CONCLUDE = "review.conclude"
UNDO = "review.undo"
CORRECT = "review.correct"
ADD_ITEM = "review.add_item"
CASEFILE = "review.casefile"


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


@background(UNDO, title="撤销发布", permissions=[Permission.MANAGE], refusals=[ReviewRefused])
def undo(job: JobRun, *, project_id: int, what: str, proved: bool = False) -> None:
    """The filings of tens of thousands of institutions go."""
    project = Project.objects.get(pk=project_id)
    undo_round(project, Undoing(what), by=replace(job.actor, proved=proved))
    job.say(f"项目“{project.name}”已{Undoing(what).label}。")
    job.link(reverse("projects:project_detail", args=[project.code]), "查看项目")


@background(
    CORRECT,
    title="更正",
    permissions=[Permission.MANAGE],
    refusals=[ReviewRefused, ProjectRefused, ChangedMeanwhile],
)
def correct(job: JobRun, *, project_id: int, wanted: Mapping[str, Any]) -> None:
    """Thousands of filings given back and their lines marked, in one transaction with the corrected values."""
    project = Project.objects.get(pk=project_id)
    made = correct_project(
        project=project, wanted=Wanted.unpacked(wanted), by=job.actor, progress=job.progress
    )
    job.say(made.done_words)
    job.link(reverse("review:correction_list", args=[project.code]), "查看更正记录")


@background(
    ADD_ITEM,
    title="增补品规",
    permissions=[Permission.MANAGE],
    refusals=[ReviewRefused, ProjectRefused],
)
def add(job: JobRun, *, project_id: int, wanted: Mapping[str, Any]) -> None:
    """Thousands of filings given back for one row, in one transaction with the row."""
    project = Project.objects.get(pk=project_id)
    made = add_item(
        project=project, wanted=Addition.unpacked(wanted), by=job.actor, progress=job.progress
    )
    job.say(made.done_words)
    job.link(reverse("review:correction_list", args=[project.code]), "查看更正记录")


@background(CASEFILE, title="案卷", permissions=[Permission.EXPORT], renewable=True)
def casefile(job: JobRun, *, context: Mapping[str, Any]) -> None:
    """The filings of a whole subtree, a folder for each."""
    rows = Filing.objects.select_related("project", "organization")
    top: Filing = rows.get(pk=context["filing_id"])
    with tempfile.TemporaryFile() as file:
        made = write_casefile(file, top, by=job.actor, progress=job.progress)
        job.result(file, made.filename)
    job.say(f"已生成案卷，共 {made.filings:,} 份申报单，校验码 {made.check_code}。")


@periodic("* * * * * */10", name="review.fold_counts")
def fold() -> None:
    """What reports and reviews of ten seconds added to the counts, put together."""
    fold_counts()
