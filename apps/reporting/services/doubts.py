"""历史数有误: the institution says what it bought, the province decides; baselines stand still once reported."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.roles import Permission
from apps.audit.services import record
from apps.organizations.models import Tier
from apps.projects.models import CatalogItem, Project
from apps.reporting.editing import hold_filing
from apps.reporting.models import MOST, DoubtState, HistoryDoubt, PurchaseHistory
from apps.reporting.refusals import DoubtRefused
from apps.review.locks import lock_branch
from apps.review.models import Filing
from apps.review.statuses import FROZEN


@transaction.atomic
def raise_doubt(
    *,
    filing: Filing,
    project: Project,
    item: CatalogItem,
    year: int,
    claimed: int,
    note: str,
    by: Actor,
) -> HistoryDoubt:
    """Say that a year's purchases were `claimed`. Raises `DoubtRefused`, `NotEditable`."""
    held = hold_filing(filing, project=project, by=by)
    if year not in project.baseline_years:
        raise DoubtRefused(f"{year} 年不是本项目的基准年份。")
    if not 0 <= claimed <= MOST or not note.strip():
        raise DoubtRefused("请填写正确的采购量和依据。")
    try:
        with transaction.atomic():
            doubt = HistoryDoubt.objects.create(
                filing=held,
                item=item,
                path=held.path,
                year=year,
                claimed=claimed,
                note=note.strip()[:300],
                raised_by=by.user,
            )
    except IntegrityError as error:
        if "history_doubt_open_once" not in str(error):
            raise
        raise DoubtRefused(f"“{item}”{year} 年的采购量已经提出，正在等待省医保核定。") from error
    _log(doubt, project, by, "提出历史数有误", f"认为 {year} 年采购量应为 {claimed:,}")
    return doubt


@transaction.atomic
def decide_doubt(
    *, doubt: HistoryDoubt, project: Project, decided: int | None, answer: str, by: Actor
) -> HistoryDoubt:
    """The province sets the year's purchases to `decided`, or keeps what stands (`None`), with its opinion.

    Raises `DoubtRefused`: not the province's, decided before, or the institution has reported meanwhile.
    """
    _require_province(doubt, by)
    branch = lock_branch([Filing.objects.get(pk=doubt.filing_id)])
    (held,) = branch.filings
    if held.state in FROZEN or branch.is_frozen(held):
        raise DoubtRefused("该机构已经上报，历史采购量已固定；需要更正时请先退回。")
    fresh = HistoryDoubt.objects.select_for_update(of=("self",), no_key=True).get(pk=doubt.pk)
    if fresh.state != DoubtState.OPEN:
        raise DoubtRefused("这条已经核定过了，请刷新页面。")
    if decided is not None and not 0 <= decided <= MOST:
        raise DoubtRefused("请填写正确的采购量。")
    if decided is None and not answer.strip():
        raise DoubtRefused("维持原数时请填写核定意见。")
    fresh.decided = _settle(fresh, held, project, decided)
    fresh.state = DoubtState.KEPT if decided is None else DoubtState.CORRECTED
    fresh.answer = answer.strip()[:300]
    fresh.decided_at, fresh.decided_by = timezone.now(), by.user
    fresh.save(update_fields=["decided", "state", "answer", "decided_at", "decided_by"])
    _log(fresh, project, by, "核定历史采购量", f"核定 {fresh.year} 年采购量为 {fresh.decided:,}")
    return fresh


def _settle(doubt: HistoryDoubt, held: Filing, project: Project, decided: int | None) -> int:
    """Write the number that holds from now on; returns it."""
    rows = PurchaseHistory.objects.of_institution(project, held.organization_id)
    standing = rows.filter(item_id=doubt.item_id, year=doubt.year).first()
    if decided is None:
        return standing.quantity if standing else 0
    PurchaseHistory.objects.bulk_create(
        [
            PurchaseHistory(
                project=project,
                organization_id=held.organization_id,
                item_id=doubt.item_id,
                year=doubt.year,
                path=held.path,
                quantity=decided,
            )
        ],
        update_conflicts=True,
        unique_fields=["project", "organization", "item", "year"],
        update_fields=["quantity"],
    )
    return decided


def _require_province(doubt: HistoryDoubt, by: Actor) -> None:
    place = by.organization
    is_province = place is not None and place.tier in (Tier.PROVINCE, Tier.ALLIANCE)
    if not is_province or not by.may(Permission.REVIEW) or not doubt.path.startswith(place.path):  # type: ignore[union-attr]
        raise DoubtRefused("历史采购量由省医保核定。")


def _log(doubt: HistoryDoubt, project: Project, by: Actor, verb: str, what: str) -> None:
    record(
        by=by,
        verb=verb,
        object=str(doubt.item),
        sentence=f"{verb}：“{project.name}”{doubt.item} {what}",
        path=doubt.path,
        project_code=project.code,
    )
