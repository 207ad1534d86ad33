"""What a case (案卷) says, as the plain values that its file holds."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.review.domain.casefiles.reading import Case
from apps.review.domain.kinds import Version
from apps.review.domain.labels import status_text
from apps.review.models import FilingAttachment, WithdrawalRequest


def facts_of(case: Case, files: Mapping[int, str]) -> dict[str, Any]:
    """What stands in the JSON of a case; `files` are the names of its papers by key, without those that are lost."""
    filing, unit, project = case.filing, case.filing.organization, case.filing.project
    return {
        "format": "fenliang.casefile/1",
        "project": {"id": project.pk, "code": project.code, "name": project.name},
        "unit": {"id": unit.pk, "code": unit.code, "name": unit.name, "path": filing.path},
        "filing": {
            "id": filing.pk,
            "status": filing.status,
            "status_name": status_text(filing),
            "version": filing.version,
            "submitted_at": filing.submitted_at,
            "reviewed_at": filing.reviewed_at,
        },
        "kind": filing.kind,
        "is_institution": filing.is_institution,
        "attachment_rule": project.attachment,
        "withheld": case.withheld,
        "figures": [[label, str(said)] for label, said in case.figures],
        "events": case.events,
        "seals": case.seals,
        "requests": [_request(row) for row in case.requests],
        "versions": [_version(version) for version in case.kept.versions],
        "standing": case.kept.standing,
        "attachments": [
            _paper(paper, numbers, files.get(paper.pk)) for paper, numbers in case.papers
        ],
    }


def _request(row: WithdrawalRequest) -> dict[str, Any]:
    names = (
        "state",
        "reason",
        "asked_at",
        "asked_by_name",
        "answer",
        "closed_at",
        "closed_by_name",
    )
    return {name: getattr(row, name) for name in names}


def _version(version: Version) -> dict[str, Any]:
    return {
        "number": version.number,
        "at": version.at,
        "claims": version.claims,
        "lines": version.lines,
    }


def _paper(paper: FilingAttachment, numbers: Sequence[int], file: str | None) -> dict[str, Any]:
    names = ("name", "size", "pages", "is_signed", "uploaded_at", "uploaded_by_name", "data_hash")
    return {"file": file, "versions": numbers, **{name: getattr(paper, name) for name in names}}
