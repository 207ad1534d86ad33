"""Whose purchase history stands still: institutions that have reported, or below a bureau that has submitted.

The database says the same (`models.triggers`); here it is said in words and with names.
"""

from collections.abc import Collection

from apps.projects.models import Project
from apps.reporting.domain.refusals import HistoryFrozen
from apps.review.domain.locks import Branch, lock_branch, read_branch
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN

NAMED = 5


def frozen_units(project: Project, units: Collection[int]) -> dict[int, str]:
    """By id the names of those that can't change any more; before publication nobody. At most two statements."""
    if not project.is_frozen or not units:
        return {}
    return _frozen(read_branch(_filings(project, units)))


def hold_units(project: Project, units: Collection[int]) -> None:
    """Lock the institutions' filings, so that nobody reports meanwhile. Raises `HistoryFrozen` naming who has."""
    if not project.is_frozen or not units:
        return
    names = list(_frozen(lock_branch(_filings(project, units))).values())
    if names:
        more = f"等 {len(names):,} 家机构" if len(names) > NAMED else ""
        raise HistoryFrozen(
            f"{'、'.join(names[:NAMED])}{more}已经上报，历史采购量已固定；需要更正时请先退回。"
        )


def _filings(project: Project, units: Collection[int]) -> list[Filing]:
    rows = Filing.objects.of_project(project).institutions().filter(organization__in=list(units))
    return list(rows.select_related("organization").order_by("path"))


def _frozen(branch: Branch) -> dict[int, str]:
    return {
        filing.organization_id: filing.organization.name
        for filing in branch.filings
        if filing.state in FROZEN or branch.is_frozen(filing)
    }
