"""Background work of delivery: files of many agreements, reminding thousands of institutions."""

import io
import tempfile
import zipfile
from typing import TYPE_CHECKING, Any, cast

from apps.accounts.models.roles import Permission
from apps.distribution.domain.agreements.reading import documents
from apps.distribution.domain.agreements.refusals import AgreementRefused
from apps.distribution.domain.agreements.reminding import remind_of_agreements
from apps.distribution.files.agreement_papers import filename_of, write_agreement, write_agreements
from apps.exchange.files.lettering import Unprintable
from apps.jobs.files import safe_filename
from apps.jobs.registry import background
from apps.projects.models import Project

if TYPE_CHECKING:
    from collections.abc import Iterator

    from apps.jobs.running import JobRun

FILES = "distribution.agreement_files"
REMIND = "distribution.remind"
FORMATS = {"pdf": "三方协议.pdf", "zip": "三方协议.zip"}


@background(
    FILES,
    title="下载三方协议",
    permissions=(Permission.QUERY,),
    refusals=(Unprintable,),
    renewable=True,
)
def agreement_files(job: "JobRun", *, ids: list[int], form: str) -> None:
    """One PDF with all of them, or a ZIP with a PDF each; those the owner no longer sees are left out."""
    made = 0

    def told() -> "Iterator[Any]":
        nonlocal made
        for agreement in documents(ids):
            job.progress(made, len(ids), "正在生成协议")
            yield agreement
            made += 1

    with tempfile.TemporaryFile() as file:
        if form == "pdf":
            write_agreements(cast("Any", file), told())
        else:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for agreement in told():
                    part = io.BytesIO()
                    write_agreement(part, agreement)
                    archive.writestr(safe_filename(filename_of(agreement)), part.getvalue())
        job.progress(made, len(ids))
        job.say(f"已生成 {made:,} 份协议。")
        job.result(cast("Any", file), FORMATS[form])


@background(
    REMIND, title="催办三方协议", permissions=(Permission.REVIEW,), refusals=(AgreementRefused,)
)
def remind_many(job: "JobRun", *, project_id: int, filing_ids: list[int], words: str) -> None:
    project = Project.objects.get(pk=project_id)
    job.say(remind_of_agreements(project, filing_ids, by=job.actor, words=words).in_words)
