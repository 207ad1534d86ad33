"""What becomes of an agreement: signed by a scan, voided, or affected by what it rested on.

Invariant: a status changes only here; a scan that was in force stays as evidence.
"""

from collections.abc import Sequence
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission, Role
from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import record
from apps.distribution.domain.agreements import refusals
from apps.distribution.domain.agreements.check_codes import KIND
from apps.distribution.domain.agreements.choices import author, own_unit
from apps.distribution.domain.agreements.drawing import latest_clauses
from apps.distribution.domain.agreements.messages import tell_signed, tell_void
from apps.distribution.domain.agreements.refusals import AgreementRefused
from apps.distribution.models import (
    Agreement,
    AgreementClauses,
    AgreementLine,
    AgreementScan,
    AgreementStatus,
)
from apps.projects.models import Project
from apps.review.domain.attachments.checks import Ready, check_upload
from apps.review.domain.attachments.page_codes import held_against, kept_of
from apps.scope.paths import ROOT

TITLE = "三方协议签署件"
LONGEST_REASON = 200


def sign_agreement(*, by: Actor, pk: int, files: Sequence[Any]) -> AgreementScan:
    """Keep the signed scan: one PDF or photos, checked before anything is stored.

    Raises `AgreementRefused`, `AttachmentRefused`.
    """
    own_unit(by)
    return keep_scan(by=by, pk=pk, ready=check_upload(files, title=TITLE))


@transaction.atomic
def keep_scan(*, by: Actor, pk: int, ready: Ready) -> AgreementScan:
    """The same with a document that has been checked. Raises `AgreementRefused`."""
    held = _locked(by, pk)
    if held.state == AgreementStatus.AFFECTED:
        raise AgreementRefused(
            refusals.IS_AFFECTED.format(code=held.code, why=held.reason or "配送关系已作废")
        )
    page_codes = kept_of(ready.codes, kind=KIND, subject=str(held.pk))
    if held_against(page_codes, held.check_code).is_contradicted:
        raise AgreementRefused(refusals.ANOTHER_ONE.format(code=held.code))
    if ready.is_original:
        raise AgreementRefused(refusals.UNSIGNED)
    now = timezone.now()
    AgreementScan.objects.filter(agreement=held, replaced_at__isnull=True).update(replaced_at=now)
    scan = AgreementScan(
        agreement=held,
        name=ready.name,
        size=len(ready.content),
        pages=ready.pages,
        photos=ready.photos,
        is_signed=ready.is_signed,
        page_codes=page_codes,
        uploaded_by=author(by),
    )
    scan.file.save(ready.name, ContentFile(ready.content), save=False)
    scan.save(force_insert=True)
    held.status, held.signed_at = AgreementStatus.SIGNED, now
    held.save(update_fields=["status", "signed_at"])
    _record(by, held, "上传签署件", f"上传“{ready.name}”，{ready.pages} 页")
    tell_signed(held, by=by)
    return scan


@transaction.atomic
def void_agreement(*, by: Actor, pk: int, reason: str) -> Agreement:
    """End an agreement for a reason; its products may be put into another one. Raises `AgreementRefused`."""
    own_unit(by)
    reason = reason.strip()[:LONGEST_REASON]
    if not reason:
        raise AgreementRefused(refusals.NO_REASON)
    held = _locked(by, pk)
    held.status, held.ended_at, held.reason = AgreementStatus.VOID, timezone.now(), reason
    held.save(update_fields=["status", "ended_at", "reason"])
    AgreementLine.objects.filter(agreement=held).update(ended_at=held.ended_at)
    _record(by, held, "作废三方协议", f"作废，原因：{reason}")
    tell_void(held, reason=reason, by=by)
    return held


def _locked(by: Actor, pk: int) -> Agreement:
    """An agreement of the author's own institution that is not void."""
    rows = Agreement.objects.select_for_update(of=("self",), no_key=True).with_parties()
    held: Agreement | None = rows.filter(pk=pk, institution=by.organization).first()
    if held is None:
        raise AgreementRefused("没有找到这份协议，请刷新后再操作。")
    if held.state == AgreementStatus.VOID:
        raise AgreementRefused(refusals.IS_VOID.format(code=held.code))
    return held


@transaction.atomic
def write_clauses(
    *, by: Actor, project: Project, texts: dict[str, str], seen: Seen | None = None
) -> AgreementClauses:
    """A new version of a project's clauses, for agreements drawn from now on.

    Raises `AgreementRefused`, `ChangedMeanwhile`.
    """
    unit = by.organization
    if unit is None or unit.tier != Role.ALLIANCE or not by.may(Permission.MANAGE):
        raise AgreementRefused("只有联采办有“管理”权限的账号可以修改协议条款。")
    list(Project.objects.select_for_update(of=("self",), no_key=True).filter(pk=project.pk))
    latest = latest_clauses(project)
    require_seen(seen, latest)
    version = latest.version + 1
    clauses: AgreementClauses = AgreementClauses.objects.create(
        project=project, version=version, written_by=by.user, **texts
    )
    record(
        by=by,
        verb="修改协议条款",
        object=project.name,
        sentence=f"修改“{project.name}”的三方协议条款（第 {version} 版），此后生成的协议适用。",
        path=ROOT,
        project_code=project.code,
    )
    return clauses


def _record(by: Actor, held: Agreement, verb: str, said: str) -> None:
    record(
        by=by,
        verb=verb,
        object=held.code,
        sentence=f"三方协议 {held.code}：{said}。",
        path=held.path,
        project_code=held.project.code,
    )
