"""The signed document of a filing against its numbers: present, still true, void (S2-22, S3-08).

Invariants: a 需求量汇总表 whose quantities changed after the upload is void and must be uploaded again before 上报; a
承诺函 stays and is marked 数据已变更 for the reviewer to decide. Changed back, it is true again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.projects.models import Attachment, Project
from apps.reporting.domain.fingerprints import facts_of, fingerprints
from apps.review.domain.attachments.page_codes import PageCodes, held_against
from apps.review.domain.attachments.reads import in_force
from apps.review.domain.kinds import Problem
from apps.review.models import Filing, FilingAttachment

LETTER_PAGE = "reporting:letter_edit"


@dataclass(frozen=True, slots=True)
class Letter:
    """The document of one filing. `digest` is that of its numbers as they are now."""

    project: Project
    filing: Filing
    digest: str
    file: FilingAttachment | None

    @property
    def title(self) -> str:
        return self.project.get_attachment_display()

    @property
    def is_summary(self) -> bool:
        return self.project.attachment == Attachment.SUMMARY

    @property
    def is_changed(self) -> bool:
        """Quantities changed after the upload."""
        return self.file is not None and self.file.data_hash != self.digest

    @property
    def is_void(self) -> bool:
        return self.is_changed and self.is_summary

    @property
    def is_missing(self) -> bool:
        """Whether one must be uploaded before 上报."""
        return self.file is None or self.is_void

    @property
    def shown_code(self) -> str:
        """Of what would be printed now; use with the filing's organization."""
        return facts_of(self.project, self.filing, self.digest).shown_code

    @property
    def status(self) -> tuple[str, str]:
        """Label and tone."""
        if self.file is None:
            return "未上传", "warning"
        return self.changed_status if self.is_changed else ("已上传", "success")

    @property
    def changed_status(self) -> tuple[str, str]:
        """The same once a quantity has changed."""
        return ("已作废，须重新上传", "danger") if self.is_summary else ("数据已变更", "warning")

    @property
    def pages(self) -> PageCodes:
        """What its pages say against the numbers: a mark for the reader, never a refusal."""
        return held_against(self.file.page_codes if self.file else (), self.digest)


def letter_of(project: Project, filing: Filing) -> Letter | None:
    """The document of one filing; `None` where the project asks for none."""
    return letters_of(project, [filing]).get(filing.pk)


def letters_of(project: Project, filings: Sequence[Filing]) -> dict[int, Letter]:
    """By id, of institutions' filings; two statements, none where the project asks for none."""
    if project.attachment == Attachment.NONE:
        return {}
    own = [filing for filing in filings if filing.is_institution]
    digests, files = fingerprints(own), in_force(own)
    return {
        filing.pk: Letter(project, filing, digests[filing.pk], files.get(filing.pk))
        for filing in own
    }


def missing_letters(filings: Sequence[Filing]) -> dict[int, list[Problem]]:
    """What hinders 上报; a filing that the province fills in needs no document (代报)."""
    own = [filing for filing in filings if filing.is_institution and not filing.maintained]
    if not own:
        return {}
    letters = letters_of(own[0].project, own).items()
    return {pk: [_problem(letter)] for pk, letter in letters if letter.is_missing}


def _problem(letter: Letter) -> Problem:
    if letter.is_void:
        text = f"上传{letter.title}之后数量有变化，原件已作废，请重新下载、签章并上传"
    else:
        text = f"还没有上传签字盖章的{letter.title}"
    return Problem(text, LETTER_PAGE)
