"""Two hospitals of one county in a demand round, one of which lets the other's account fill in for it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.projects.models import Project
from apps.review.domain.mandates.acts import grant_mandate
from apps.review.models import Mandate
from apps.scope.context import enter
from tests import factories
from tests import factories_demand as demand
from tests.cast import Tree

LENDER, HOLDER, THIRD = "H42010600001", "H42010600002", "H42010000001"


@dataclass(frozen=True)
class Pair:
    """The round; who lends, who fills in."""

    project: Project
    lender: User
    holder: User


def pair_of(tree: Tree, officer: User, lender: User, **policies: Any) -> Pair:
    """All of 武汉 take part in a published round of two items."""
    policies = {
        "chain": ["county", "city", "province"],
        "attachment": "none",
        "items": 2,
    } | policies
    project = demand.demand_project([tree[code] for code in (LENDER, HOLDER, THIRD)], **policies)
    demand.published(project, officer)
    return Pair(project, lender, factories.account_of(tree[HOLDER], name="徐代填"))


def lent(
    lenders: Sequence[Organization], holder: User, project: Project, *, may_report: bool = False
) -> list[Mandate]:
    """Mandates as they stand, from units that need no account."""
    now = timezone.now()
    return Mandate.objects.bulk_create(
        Mandate(
            project=project, organization=unit, path=unit.path, account=holder,
            holder_path=holder.path, may_report=may_report, granted_at=now, granted_by=holder, granted_by_name="授权人",
            ends_at=now + timedelta(days=5),
        )
        for unit in lenders
    )  # fmt: skip


def lend(pair: Pair, *, by: User | None = None, **told: Any) -> Mandate:
    """As the page would, with the password."""
    giver = by or pair.lender
    given = {
        "username": pair.holder.username,
        "unit_name": str(pair.holder.organization),
        "may_report": False,
        "ends_at": timezone.now() + timedelta(days=5),
    }
    with enter(scope_of(giver)):
        return grant_mandate(
            project=pair.project, by=replace(Actor.of(giver), proved=True), **given | told
        )
