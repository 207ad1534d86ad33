"""历史数有误: the institution says what it bought; the province decides (`deciding`)."""

from django.db import IntegrityError, transaction

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.projects.models import CatalogItem, Project
from apps.reporting.domain.refusals import DoubtRefused
from apps.reporting.domain.sheet.filling import DEMAND
from apps.reporting.models import MOST, HistoryDoubt
from apps.review.domain.holding import hold
from apps.review.models import Filing


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
    held = hold(filing, project=project, by=by, work=DEMAND)
    if year not in project.baseline_years:
        raise DoubtRefused(f"{year} 年不是本项目的基准年份。")
    if not 0 <= claimed <= MOST or not note.strip():
        raise DoubtRefused("请填写正确的采购量和依据。")
    try:
        with transaction.atomic():
            doubt: HistoryDoubt = HistoryDoubt.objects.create(  # type: ignore[misc]  # a person asks, not the system
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


def _log(doubt: HistoryDoubt, project: Project, by: Actor, verb: str, what: str) -> None:
    record(
        by=by,
        verb=verb,
        object=str(doubt.item),
        sentence=f"{verb}：“{project.name}”{doubt.item} {what}",
        path=doubt.path,
        project_code=project.code,
    )
