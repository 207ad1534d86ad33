"""A synthetic national allocation on the real tree: institutions, participations and filings by the ten thousand.

The demand round is built by `national_demand`. With `items` it is a published allocation with volumes, every report
still to be filled in. Without it holds organisations and filings only, and their statuses are spread over all tiers.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.allocation.models import AllocationRow
from apps.demo.domain.sql import copy_rows
from apps.organizations.domain.bureaus import load_bureaus, read_divisions
from apps.organizations.models import Organization, Tier
from apps.projects.domain.lifecycle import create_project, start_preparation
from apps.projects.domain.participants.acts import choose_participants
from apps.projects.domain.windows.acts import set_window
from apps.projects.files.workbooks import CATALOGUE_IMPORT
from apps.projects.models import (
    CatalogItem,
    Obligation,
    Participation,
    Phase,
    ProductType,
    Project,
    ProjectKind,
)
from apps.review.domain.rounds.publishing import publish_project
from apps.review.domain.tree import plant_tree
from apps.review.models import Filing
from apps.scope.sql import freshen

from .catalogue import catalogue_records, repeated
from .fixtures import Medicine
from .importing import import_records
from .institutions import Institution, choose, load_institutions
from .spreading import ROUND_DAYS, spread
from .volumes import volumes

CHAIN = (Tier.PROVINCE, Tier.CITY, Tier.COUNTY)
OPEN_FOR = timedelta(days=20)
TIERS = (Tier.INSTITUTION, *CHAIN, Tier.ALLIANCE)


class RoundExists(ValueError):
    """A project with the code is there already."""


@dataclass(frozen=True, slots=True)
class National:
    """What was built, and how long the publication took (seconds)."""

    project: Project
    institutions: int
    filings: int
    rows: int
    events: int
    publication: float


def build_national(*, code: str, institutions: int, items: int, seed: int) -> National:
    """Build a round. Raises `RoundExists`, `TooMany`; then nothing of the round was written."""
    if Project.objects.filter(code=code).exists():
        raise RoundExists(f"项目 {code} 已存在，请用 --project 指定另一个编码。")
    load_bureaus(read_divisions())
    chosen = choose(institutions, seed, Organization.objects.bureaus().order_by("path"))
    load_institutions(chosen)
    now = timezone.now()
    with transaction.atomic():
        project = prepare(code, chosen, now)
        rows = load_volumes(project, chosen, repeated(items), seed) if items else 0
        started = time.perf_counter()
        filings = publish_project(project, by=Actor.system()) if items else plant_only(project, now)
        publication = time.perf_counter() - started
        freshen(Filing, AllocationRow)
        events = 0 if items else spread(project, seed=seed, now=now)
        # As if it had opened with its windows.
        opened = now - timedelta(days=ROUND_DAYS)
        Project.objects.filter(pk=project.pk).update(published_at=opened)
    return National(project, len(chosen), filings, rows, events, publication)


def prepare(
    code: str,
    chosen: list[Institution],
    now: datetime,
    *,
    kind: ProjectKind = ProjectKind.ALLOCATION,
    product_type: ProductType = ProductType.PATENT_MEDICINE,
    **policies: Any,
) -> Project:
    """A project in 筹备 with its windows and participants."""
    by = Actor.system()
    project = create_project(
        by=by,
        code=code,
        name=f"全国模拟批次（{len(chosen):,} 家医疗机构）",
        kind=kind,
        product_type=product_type,
        description="由程序生成的模拟数据，用于容量和性能测试。",
        chain=list(CHAIN),
        **policies,
    )
    start_preparation(project=project, by=by)
    for tier in TIERS:
        set_window(
            project=project,
            tier=tier,
            opens_at=now - timedelta(days=ROUND_DAYS),
            closes_at=now + OPEN_FOR,
            is_on=True,
            by=by,
        )
    units = Organization.objects.institutions().filter(
        code__in=[institution.code for institution in chosen]
    )
    choose_participants(project=project, institutions=units, obligation=Obligation.REQUIRED, by=by)
    freshen(Participation)
    project.refresh_from_db()
    return project


def plant_only(project: Project, now: datetime) -> int:
    """Filings without a catalogue: a round that no publication would let through, for measuring the chain."""
    plant_tree(project)
    Project.objects.filter(pk=project.pk).update(phase=Phase.PUBLISHED, published_at=now)
    return int(Filing.objects.of_project(project).count())


def load_volumes(
    project: Project, chosen: list[Institution], catalogue: list[Medicine], seed: int
) -> int:
    """The catalogue by the product's own import, the volumes by COPY. Returns the number of rows."""
    context = {"project_id": project.pk}
    import_records(
        CATALOGUE_IMPORT, catalogue_records(catalogue), context=context, by=Actor.system()
    )
    copy_rows(AllocationRow, ROW_FIELDS, _rows(project, chosen, catalogue, seed))
    freshen(AllocationRow)
    return int(AllocationRow.objects.of_project(project).count())


KEY = ("project", "organization", "item", "path", "reported")
ROW_FIELDS = KEY + tuple(
    field.name
    for field in AllocationRow._meta.concrete_fields
    if field.name not in KEY and not field.primary_key and not field.null
)


def _rows(
    project: Project, chosen: list[Institution], catalogue: list[Medicine], seed: int
) -> Iterator[tuple[object, ...]]:
    """Reads what it needs at once: while a COPY runs, its connection can do nothing else."""
    units = {
        code: (pk, path)
        for code, pk, path in Organization.objects.institutions().values_list("code", "pk", "path")
    }
    items = dict(CatalogItem.objects.filter(project=project).values_list("item_code", "pk"))
    ids = [items[medicine.item_code] for medicine in catalogue]
    empty = AllocationRow()
    rest = tuple(getattr(empty, name) for name in ROW_FIELDS[len(KEY) :])
    return (
        (
            project.pk,
            units[institution.code][0],
            ids[place],
            units[institution.code][1],
            quantity,
            *rest,
        )
        for institution in chosen
        for place, quantity in volumes(
            institution.code, institution.kind.grade, catalogue, seed=seed
        )
    )
