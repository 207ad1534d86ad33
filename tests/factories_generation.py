"""A finished demand round with published agreed volumes, and winners for what is generated from it."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.organizations.models import Organization, Tier
from apps.projects.domain.lifecycle import start_preparation
from apps.projects.models import Project, ProjectWindow, WinningProduct, WinningTerms
from apps.review.domain.rounds.concluding import conclude_project
from apps.review.domain.rounds.publishing import publish_project
from apps.scope.context import whole_country
from apps.volumes.models import AgreedVersion
from tests.volumes import rounds

UNITS = {"P1": "单元甲", "P2": "单元甲", "P3": "单元甲", "P4": "单元乙"}
CUTS = {"P1": "60", "P2": "52"}


def finished_demand(
    reports: Mapping[Organization, Mapping[str, int]], officer: User, *, code: str = "BL"
) -> tuple[Project, AgreedVersion]:
    """P1 and P2 won in 单元甲, P3 did not; nobody won in 单元乙. Ratio 80 %, keep 90 %, concluded."""
    project = rounds.approved_round(reports, officer, units=UNITS, code=code)
    rounds.set_rules(project, rule="r2")
    rounds.won(project, *((item, f"{item}制药", cut, None) for item, cut in CUTS.items()))
    rounds.published_base(project, officer)
    version = rounds.published_agreed(project, officer)
    with whole_country(reason="test"):
        conclude_project(project, by=Actor.of(officer), confirmed=True)
        project.refresh_from_db()
    return project, version


def open_allocation(draft: Project, officer: User) -> Project:
    """The generated draft with windows that are open, published by the alliance."""
    now, by = timezone.now(), Actor.of(officer)
    with whole_country(reason="test"):
        ProjectWindow.objects.bulk_create(
            ProjectWindow(
                project=draft,
                tier=tier,
                opens_at=now - timedelta(days=1),
                closes_at=now + timedelta(days=10),
            )
            for tier in Tier
        )
        start_preparation(project=draft, by=by)
        draft.refresh_from_db()
        publish_project(draft, by=by)
        draft.refresh_from_db()
        return draft


def give_winners(project: Project, **capacities: int | None) -> dict[str, WinningProduct]:
    """Completes the season's winners as the workbook does: price, pack, daily usage, capacity."""
    with whole_country(reason="test"):
        found = {}
        for code, cut in CUTS.items():
            product = WinningProduct.objects.get(project=project, item__item_code=code)
            product.capacity = capacities.get(code)
            product.save()
            WinningTerms.objects.create(
                product=product,
                version=2,
                price=Decimal("28.00") if code == "P1" else Decimal("21.00"),
                pack=28,
                daily_usage=Decimal(1),
                cut=Decimal(cut),
            )
            found[code] = product
        return found
