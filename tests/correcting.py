"""更正 as tests ask for it: of an item, a product or the project itself, by the alliance."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.projects.domain.corrections.acts import Paper
from apps.projects.domain.corrections.fields import Kind
from apps.projects.models import CatalogItem, Correction, Project, WinningProduct
from apps.review.domain.rounds.correcting import Wanted, correct

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


def corrected(project: Project, officer: User, row: Any, **values: Any) -> Correction:
    """Applied."""
    return correct(project=project, wanted=wanted(row, **values), by=Actor.of(officer))
