"""Agreed volumes: what a reported filing takes of each product, climbing from the lines to the alliance once.

Invariant: totals are written when their filing is submitted, a bureau's from its approved children only, and deleted
when it is withdrawn or returned; a product that stops moves them while they stand. Amounts are those of institutions,
added up (`apps.projects.domain.money`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.allocation.domain.supply import sql
from apps.allocation.domain.supply.sql import Part
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN
from apps.scope.paths import ancestors


@dataclass(frozen=True, slots=True)
class Sum:
    """Lines and their contract amount in yuan and fen."""

    lines: int = 0
    amount: Decimal = Decimal(0)


def write_totals(filings: Sequence[Filing]) -> None:
    """Freeze what these filings report: lines of institutions, packages of bureaus."""
    for part, ids in _parts(filings):
        sql.write(part, ids)


def renew_totals(project: Project, filings: Sequence[Filing]) -> None:
    """Of filings whose lines moved while they stay reported, and of the packages above, from the bottom up.

    A statement for each tier.
    """
    frozen = [filing for filing in filings if filing.state in FROZEN]
    if not frozen:
        return
    sql.renew(Part.LINES, [filing.pk for filing in frozen])
    above = {path for filing in frozen for path in ancestors(filing.path)}
    packages = Filing.objects.of_project(project).filter(path__in=above, status__in=FROZEN)
    tiers: dict[int, list[int]] = defaultdict(list)
    for pk, path in packages.values_list("pk", "path"):
        tiers[path.count("/")].append(pk)
    for depth in sorted(tiers, reverse=True):
        sql.renew(Part.PACKAGE, tiers[depth])


def delete_totals(filings: Sequence[Filing]) -> None:
    if filings:
        sql.forget([filing.pk for filing in filings])


def sums_of(filings: Sequence[Filing]) -> dict[int, Sum]:
    """By filing id, reported or not; of bureaus what is approved below them. Two statements at most."""
    sums: dict[int, Sum] = {}
    for part, ids in _parts(filings):
        for filing_id, lines, amount in sql.sums(part, ids):
            sums[filing_id] = Sum(int(lines), amount)
    return sums


def _parts(filings: Sequence[Filing]) -> list[tuple[Part, list[int]]]:
    institutions = [filing.pk for filing in filings if filing.is_institution]
    bureaus = [filing.pk for filing in filings if not filing.is_institution]
    return [
        (part, ids) for part, ids in ((Part.LINES, institutions), (Part.PACKAGE, bureaus)) if ids
    ]
