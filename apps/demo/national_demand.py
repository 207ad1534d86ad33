"""A synthetic national demand round: the catalogue, 12 million lines, two years of history, every tier at work.

Lines and history come by COPY while everything is a draft; then statuses and their events are written as
`spreading` does it, and the product's own code keeps the reports and freezes the totals, tier by tier from below.
"""

import itertools
import random
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import TypeVar

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.demo.domain.sql import checked_afterwards, copy_text
from apps.organizations.domain.bureaus import load_bureaus, read_divisions
from apps.organizations.models import Organization, Tier
from apps.projects.files.workbooks import CATALOGUE_IMPORT
from apps.projects.models import CatalogItem, ProductType, Project, ProjectKind
from apps.reporting.domain import rollup
from apps.reporting.domain.reports import keep_reports
from apps.reporting.domain.totals import freeze_totals
from apps.reporting.models import (
    DemandGroupTotal,
    DemandLine,
    DemandReport,
    DemandReporters,
    DemandTotal,
    ProgressGroupTotal,
    ProgressReporters,
    ProgressTotal,
    PurchaseHistory,
)
from apps.review.domain.rounds.publishing import publish_project
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Status
from apps.scope.sql import freshen

from .demand.catalogue import Offered, catalogue_records, drugs
from .demand.filling import years_before
from .importing import import_records
from .institutions import TooMany, choose, load_institutions
from .national import National, RoundExists, prepare
from .national_volumes import HISTORY_FIELDS, LINE_FIELDS, Reporter, Sheet, history_text, line_text
from .spreading import (
    LATE,
    NEVER,
    ROUND_DAYS,
    Step,
    plan,
    reports,
    stand,
    stories,
    tell,
    units_of,
)

CHUNK = 500
"""Filings in one transaction: a quarter of a million deferred checks at most."""
MANY = 4_000
"""Institutions from which on making indexes anew costs less than keeping them."""
BUREAUS_AT_ONCE = 100
UPWARD = (Tier.COUNTY, Tier.CITY, Tier.PROVINCE)
SUMMED = (
    DemandReporters,
    DemandTotal,
    DemandGroupTotal,
    ProgressReporters,
    ProgressTotal,
    ProgressGroupTotal,
)
T = TypeVar("T")


def build_national_demand(*, code: str, institutions: int, items: int, seed: int) -> National:
    """Build a round. Raises `RoundExists`, `TooMany`; then nothing of the round was written.

    Interrupted later it leaves a round half filled behind.
    """
    if Project.objects.filter(code=code).exists():
        raise RoundExists(f"项目 {code} 已存在，请用 --project 指定另一个编码。")
    if items > len(drugs()):
        raise TooMany(f"演示目录只有 {len(drugs())} 个品规。")
    load_bureaus(read_divisions())
    chosen = choose(institutions, seed, Organization.objects.bureaus().order_by("path"))
    load_institutions(chosen)
    now = timezone.now()
    with transaction.atomic():
        years = years_before(timezone.localdate(), 2)
        project = prepare(
            code,
            chosen,
            now,
            kind=ProjectKind.DEMAND,
            product_type=ProductType.DRUG,
            baseline_years=years,
        )
        sheet = _catalogue(project, drugs()[:items], years)
        started = time.perf_counter()
        filings = publish_project(project, by=Actor.system())
        publication = time.perf_counter() - started
        freshen(Filing)
    rows, events = _fill(project, sheet, seed, now)
    _freeze(project)
    Project.objects.filter(pk=project.pk).update(published_at=now - timedelta(days=ROUND_DAYS))
    rollup.refresh(project)
    freshen(*SUMMED)
    return National(project, len(chosen), filings, rows, events, publication)


def _catalogue(project: Project, offered: Sequence[Offered], years: Sequence[int]) -> Sheet:
    context = {"project_id": project.pk}
    import_records(CATALOGUE_IMPORT, catalogue_records(offered), context=context, by=Actor.system())
    ids = dict(CatalogItem.objects.filter(project=project).values_list("item_code", "pk"))
    return Sheet([(ids[item.item_code], item) for item in offered], years)


def _fill(project: Project, sheet: Sheet, seed: int, now: datetime) -> tuple[int, int]:
    """Lines and history of drafts, then the statuses. Returns the numbers of lines and events."""
    units = units_of(project)
    chance = random.Random(seed)  # noqa: S311 - repeatable on purpose, no secret
    outcomes = plan(units, chance, LATE, lapsing=NEVER)
    written = now.isoformat()
    desks = _desks(project, outcomes)
    with checked_afterwards(PurchaseHistory, DemandLine) if len(desks) > MANY else nullcontext():
        for part in _chunks(desks, CHUNK):
            copy_text(
                PurchaseHistory,
                HISTORY_FIELDS,
                (history_text(desk, sheet, seed, project.pk) for desk in part),
            )
            copy_text(
                DemandLine, LINE_FIELDS, (line_text(desk, sheet, seed, written) for desk in part)
            )
    freshen(DemandLine, PurchaseHistory)
    told = stories(units, outcomes, chance, now)
    _keep(
        {
            unit.pk: told[unit.pk]
            for unit in units
            if unit.tier == Tier.INSTITUTION and unit.pk in told
        }
    )
    with transaction.atomic():
        events = tell(told)
    return DemandLine.objects.filter(filing__project=project).count(), events


def _desks(project: Project, outcomes: dict[int, Status]) -> list[Reporter]:
    rows = Filing.objects.of_project(project).institutions().order_by("path")
    return [
        Reporter(pk, unit, code, path, grade, outcomes[pk] in {*FROZEN, Status.RETURNED})
        for pk, unit, code, path, grade in rows.values_list(
            "pk", "organization_id", "organization__code", "path", "organization__grade"
        )
        if outcomes[pk] != Status.LAPSED
    ]


def _keep(told: Mapping[int, Sequence[Step]]) -> None:
    """What was reported, by the product's own statement, while the filings stand as that report left them."""
    for reported in reports(told):
        with transaction.atomic():
            stand(reported)
        for part in _chunks(Filing.objects.filter(pk__in=reported).order_by("path"), CHUNK):
            with transaction.atomic():
                keep_reports(part)
    freshen(DemandReport)


def _freeze(project: Project) -> None:
    """What each submission would have frozen, by the product's own statements."""
    filings = Filing.objects.of_project(project).order_by("path")
    for tier in UPWARD:
        for part in _chunks(filings.filter(tier=tier, status__in=FROZEN), BUREAUS_AT_ONCE):
            with transaction.atomic():
                freeze_totals(part)


def _chunks(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(rows)
    while part := list(itertools.islice(left, size)):
        yield part
