"""更正 as tests ask for it: of an item, a product or the project itself, by the alliance."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.allocation.models import CapacityPool
from apps.jobs.models import Job, Status
from apps.jobs.running import run_job
from apps.organizations.models import Tier
from apps.projects.domain.corrections.acts import Paper
from apps.projects.domain.corrections.fields import Kind
from apps.projects.models import CatalogItem, Correction, Project, WinningProduct
from apps.review.domain.returns.deadlines import proposed
from apps.review.domain.rounds.adding import Addition, add_item
from apps.review.domain.rounds.correcting import Wanted, correct
from apps.scope.context import whole_country

PAPER = Paper("corrections/none.pdf", "更正依据.pdf")


def wanted(row: Any, **values: Any) -> Wanted:
    """With a ground, and three days for what is given back."""
    kinds = {Project: Kind.PROJECT, CatalogItem: Kind.ITEM, WinningProduct: Kind.PRODUCT}
    return Wanted(
        kind=kinds[type(row)],
        pk=row.pk,
        values=values,
        reason=str(values.pop("reason", "公告有误")),
        paper=values.pop("paper", PAPER),
        deadline=timezone.now() + timedelta(days=3),
    )


def limited(pool: CapacityPool, capacity: int) -> None:
    """Another capacity of a pool, whatever is taken of it, as the database lets a correction write it."""
    with transaction.atomic():
        Correction.objects.create(
            project=pool.project,
            number=Correction.objects.count() + 1,
            reason="产能",
            changes=[{"table": "projects_winningproduct", "pk": pool.product_id}],
        )
        CapacityPool.objects.filter(pk=pool.pk).update(capacity=capacity)


def corrected(project: Project, officer: User, row: Any, **values: Any) -> Correction:
    """Applied."""
    return correct(project=project, wanted=wanted(row, **values), by=Actor.of(officer))


def addition(*, units: tuple[str, ...] = (), deadlines: Any = None, **values: Any) -> Addition:
    """A tablet that the catalogue lacks, asked of everybody or of `units`, each tier in its time."""
    now = timezone.now()
    item = {
        "item_code": "P0009", "lot": "标的1", "product_group": "组1", "competition_unit": "单元1", "variety": "增补片",
        "specification": "10mg", "unit": "片", "pack_quantity": 10, "manufacturer_name": "药厂1",
        "daily_usage": Decimal(1), "reference_price": Decimal("12.5"),
    }  # fmt: skip
    return Addition(
        values={**item, **values},
        reason="公告漏列",
        paper=PAPER,
        deadlines=deadlines or proposed(Tier.values, last=now + timedelta(days=5), now=now),
        units=units,
    )


def added(project: Project, officer: User, wanted: Addition | None = None) -> Correction:
    """Applied."""
    return add_item(project=project, wanted=wanted or addition(), by=Actor.of(officer))


def is_done_by_a_job(answer: Any, verb: str = "更正") -> bool:
    """Whether the answer leads to a job; it is run, and corrects or adds."""
    with whole_country(reason="test"):
        job = Job.objects.get()
    assert answer["Location"] == job.get_absolute_url()
    run_job(job.pk)
    with whole_country(reason="test"):
        job.refresh_from_db()
    done = f"已{verb}（更正第 1 号）；已通知本项目的全部单位。"
    return (job.status, job.message) == (Status.SUCCEEDED, done)
