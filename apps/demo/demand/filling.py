"""Institutions of the demo at work on a demand round, through the product's services."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Sum

from apps.accounts.domain.actors import Actor
from apps.demo.fixtures import DemoInstitution, institutions
from apps.organizations.models import Organization
from apps.projects.models import Attachment, CatalogItem, Project
from apps.reporting.domain.maintenance.acts import maintain_lines
from apps.reporting.domain.sheet.reporting import give_reason, report
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.reporting.domain.words import read_words
from apps.reporting.models import PurchaseHistory
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action

from .catalogue import Offered
from .letters import attach
from .slips import slipped
from .volumes import Plan, bought, plans

HALF = 0.6
TOTAL_REASON = "正畸门诊扩建，新增椅位 6 台，预计就诊量增加。"


def years_before(today: date, number: int) -> list[int]:
    return [today.year - back for back in range(number, 0, -1)]


def load_history(project: Project, items: Sequence[Offered], units: Iterable[Organization]) -> None:
    """What the province would import: the purchases of the baseline years."""
    known = dict(CatalogItem.objects.filter(project=project).values_list("item_code", "pk"))
    demo = {unit.code: unit for unit in institutions()}
    PurchaseHistory.objects.bulk_create(
        (
            PurchaseHistory(
                project=project,
                organization=unit,
                item_id=known[code],
                year=year,
                path=unit.path,
                quantity=quantity,
            )
            for unit in units
            for code, year, quantity in bought(demo[unit.code], items, project.baseline_years)
        ),
        batch_size=5_000,
    )


def fill(
    project: Project,
    filing: Filing,
    items: Sequence[Offered],
    by: Actor,
    *,
    share: float = 1.0,
) -> None:
    """Type that share of the sheet, the catalogue's first rows first."""
    entries = _entries(project, filing, items)
    typed = entries[: int(len(entries) * share)]
    save_lines(filing=filing, project=project, entries=typed, by=by)


def maintain(
    project: Project, filings: Iterable[Filing], items: Sequence[Offered], actors: dict[str, Actor]
) -> None:
    """代填 and 代报: what a province does for the institutions that it fills in for."""
    for filing in filings:
        by = actors[filing.path.split("/")[2]]
        entries = {filing.pk: _entries(project, filing, items)}
        maintain_lines(project=project, entries=entries, by=by)
        perform([filing], Action.REPORT_FOR, by=by)


def _entries(project: Project, filing: Filing, items: Sequence[Offered]) -> list[Entry]:
    """Every row of the sheet as the institution answers it."""
    (unit,) = (
        candidate for candidate in institutions() if candidate.code == filing.organization.code
    )
    known = dict(CatalogItem.objects.filter(project=project).values_list("item_code", "pk"))
    means = _means(project, filing)
    wanted = list(plans(unit, items, means))
    if project.attachment == Attachment.LETTER:
        wanted = slipped(unit.code, wanted, items, means)
    return [_entry(known[plan.item_code], plan) for plan in wanted]


def report_all(
    project: Project, filings: Iterable[Filing], items: Sequence[Offered], actors: dict[str, Actor]
) -> None:
    for filing in filings:
        by = actors[filing.organization.code]
        fill(project, filing, items, by)
        if project.explanation_scope == "total":
            give_reason(filing=filing, project=project, text=TOTAL_REASON, by=by)
        attach(project, filing, by)
        report(filing=filing, project=project, by=by)


def standing(stand: str) -> list[DemoInstitution]:
    return [unit for unit in institutions() if unit.stand == stand]


def _entry(item: int, plan: Plan) -> Entry:
    return Entry(item, plan.planned, *read_words(plan.words))


def _means(project: Project, filing: Filing) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    rows = PurchaseHistory.objects.of_institution(project, filing.organization_id)
    years = len(project.baseline_years)
    for code, total in rows.values_list("item__item_code").annotate(Sum("quantity")):
        sums[code] = total / years
    return sums
