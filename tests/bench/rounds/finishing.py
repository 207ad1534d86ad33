"""A national demand round brought to its end by the product's own acts, and what wins in it, made up."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.demo.agreed_volumes import conversions
from apps.demo.demand.catalogue import Offered
from apps.demo.entities import load_entities
from apps.demo.fixtures import enterprises
from apps.exchange.files.rendering import Record
from apps.organizations.models import Enterprise, Tier
from apps.projects.domain.lifecycle import start_preparation
from apps.projects.domain.windows.acts import set_window
from apps.projects.models import CatalogItem, Project, ProjectWindow, WinningProduct, WinningTerms
from apps.review.domain.performing import perform
from apps.review.models import Filing
from apps.review.models.statuses import Action, Status
from apps.volumes.models import Rule

__all__ = ["add_winners", "conversions", "finish", "results", "rules"]
WINNERS = (4, 2, 1, 3, 4, 0)
UPWARD = (Tier.COUNTY, Tier.CITY, Tier.PROVINCE)
WHY = "代办"


def finish(project: Project, by: Actor) -> None:
    """Who did not report lapses; everything else is submitted and approved, tier by tier."""
    ended = timezone.now() - timedelta(hours=1)
    ProjectWindow.objects.filter(project=project, tier=Tier.INSTITUTION).update(closes_at=ended)
    filings = Filing.objects.of_project(project)
    filings.filter(correction_deadline__gt=ended).update(correction_deadline=ended)
    editable = (Status.DRAFT, Status.RETURNED)
    _review(filings.filter(tier=Tier.INSTITUTION, status__in=editable), Action.LAPSE, by)
    _review(filings.filter(tier=Tier.INSTITUTION, status=Status.SUBMITTED), Action.APPROVE, by)
    for tier in UPWARD:
        own = filings.filter(tier=tier).select_related("organization").order_by("path")
        for filing in own.filter(status__in=editable):
            acting = by.acting_for(filing.organization, reason=WHY)
            perform([filing], Action.SUBMIT, by=acting, confirmed=True)
        _review(own.filter(status=Status.SUBMITTED), Action.APPROVE, by)


def _review(filings: Iterable[Filing], action: Action, by: Actor) -> None:
    """One act for each reviewer."""
    turns: dict[int, list[Filing]] = defaultdict(list)
    for filing in filings:
        turns[filing.parent_id or 0].append(filing)
    above = Filing.objects.select_related("organization").in_bulk(list(turns))
    for parent, rows in turns.items():
        own = above[parent]
        perform(rows, action, by=by if own.is_root else by.acting_for(own.organization, reason=WHY))


def results(items: Sequence[Offered]) -> Iterator[Record]:
    """Ranked winners of each competition unit, with its first item."""
    makers = enterprises()
    first = {item.group: item.item_code for item in reversed(items)}
    for place, unit in enumerate(dict.fromkeys(item.group for item in items)):
        for rank in range(1, WINNERS[place % len(WINNERS)] + 1):
            maker = makers[(place + rank) % len(makers)]
            row = {
                "item_code": first[unit],
                "uscc": maker.uscc,
                "enterprise": maker.name,
                "rank": rank,
            }
            yield row | {"cut": 62 - 3 * rank}


def rules(items: Sequence[Offered]) -> Iterator[Record]:
    """Every rule in turn, unit after unit."""
    for place, unit in enumerate(dict.fromkeys(item.group for item in items)):
        rule = Rule.values[place % len(Rule.values)]
        yield {"competition_unit": unit, "rule": rule, "ratio_class": "", "winners": None}


def add_winners(project: Project, by: Actor) -> None:
    """Terms of a generated draft's winners, and some more winners; then it is prepared."""
    load_entities()
    makers = list(Enterprise.objects.order_by("pk"))
    won = WinningProduct.objects.filter(project=project).with_terms().select_related("item")
    selected = set(won.values_list("item", flat=True))
    items = CatalogItem.objects.filter(project=project).order_by("position")
    more = [
        WinningProduct(project=project, item=item, enterprise=makers[item.position % len(makers)])
        for item in items
        if item.pk not in selected and item.position % 2
    ]
    known = {product.pk: product.cut for product in won}
    WinningProduct.objects.bulk_create(more)
    for place, product in enumerate((*won, *more)):
        WinningTerms.objects.create(
            product=product,
            version=2,
            price=Decimal(20 + place),
            pack=product.item.pack_quantity,
            daily_usage=product.item.daily_usage or Decimal(1),
            cut=known.get(product.pk) or Decimal(60) - Decimal(place) / 10,
        )
    start_preparation(project=project, by=by)
    now = timezone.now()
    for tier in Tier:
        opens_at, closes_at = now - timedelta(days=5), now + timedelta(days=10)
        set_window(
            project=project, tier=tier, opens_at=opens_at, closes_at=closes_at, is_on=True, by=by
        )
    project.refresh_from_db()
