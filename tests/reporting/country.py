"""A random small round on two provinces, and everybody in it at work."""

import random
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Project
from apps.reporting.domain.reports import keep_reports
from apps.reporting.models import (
    DemandLine,
    PurchaseHistory,
)
from apps.review.domain.locks import read_branch
from apps.review.domain.performing import perform
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Action, Status
from tests import factories
from tests import factories_demand as make
from tests.cast import Tree
from tests.factories_review import put

KINDS = (
    ("三级甲等", "公立", "综合医院"),
    ("二级甲等", "公立", "综合医院"),
    ("一级", "民营", "社区卫生服务中心"),
    ("", "公立", "乡镇卫生院"),
)
PLACES = ("420106", "420106", "420106", "420202", "420202", "420100", "42", "140105", "140105")
YEARS = [2024, 2025]
DRAWN = (Status.APPROVED,) * 6 + (Status.SUBMITTED, Status.DRAFT, Status.LAPSED)


class Country:
    """A random small round. Institutions stand where the draw put them, bureaus act through `perform`."""

    def __init__(self, tree: Tree, seed: int, **policies: object) -> None:
        self.chance = random.Random(seed)
        units = [self._unit(tree[code]) for code in PLACES]
        policies.setdefault("chain", ["county", "city", "province"])
        self.project = make.demand_project(units, items=6, baseline_years=YEARS, **policies)
        self._vary(self.project)
        self.officer = factories.account_of(tree["0"])
        make.published(self.project, self.officer)
        for filing in self.filings().institutions():
            self._fill(filing)

    def _unit(self, parent: Organization) -> Organization:
        grade, ownership, kind = self.chance.choice(KINDS)
        return factories.InstitutionFactory(
            parent=parent, grade=grade, ownership=ownership, kind=kind
        )

    def _vary(self, project: Project) -> None:
        for place, item in enumerate(
            CatalogItem.objects.filter(project=project).order_by("position")
        ):
            item.variety = f"品种{place // 2}"
            item.manufacturer_name = f"药厂{place % 3}"
            item.product_group = f"组{place // 3}"
            item.unit = "片" if place < 4 else "支"
            item.pack_quantity = (7, 12, 28, 30, 9, 1)[place]
            item.reference_price = Decimal("13.37") + place
            item.save()

    def _fill(self, filing: Filing) -> None:
        items = list(CatalogItem.objects.filter(project=self.project))
        DemandLine.objects.filter(filing=filing).delete()
        wanted = {
            item.item_code: self.chance.choice((0, 0, self.chance.randrange(10**6)))
            for item in items
        }
        make.planned(self.project, filing.organization, wanted)
        DemandLine.objects.filter(filing=filing).update(
            updated_at=timezone.now() - timedelta(hours=1)
        )
        PurchaseHistory.objects.filter(organization=filing.organization).delete()
        for year in YEARS:
            bought = {
                item.item_code: self.chance.randrange(10**5)
                for item in items
                if self.chance.random() < 0.6
            }
            make.bought(self.project, filing.organization, bought, year=year)

    def filings(self):
        return (
            Filing.objects.of_project(self.project)
            .select_related("organization", "project")
            .order_by("path")
        )

    def report(self) -> None:
        """Institutions that may: some report, some stay drafts, some lapse."""
        for filing in self.filings().institutions():
            if filing.state != Status.DRAFT or read_branch([filing]).is_frozen(filing):
                continue
            self._fill(filing)
            drawn = self.chance.choice(DRAWN)
            put(drawn, filing)
            if drawn in FROZEN:
                keep_reports([filing])

    def act(self) -> None:
        """One act of a bureau, or of the tier above it, whatever is allowed now."""
        bureaus = [f for f in self.filings().bureaus() if not f.is_root]
        filing = self.chance.choice(bureaus)
        actions = {
            Status.DRAFT: [Action.SUBMIT],
            Status.RETURNED: [Action.SUBMIT],
            Status.SUBMITTED: [Action.WITHDRAW, Action.APPROVE, Action.RETURN],
            Status.APPROVED: [Action.UNAPPROVE, Action.RETURN],
        }[filing.state]
        self.do(filing, self.chance.choice(actions))

    def do(self, filing: Filing, action: Action) -> None:
        """By the officer, for whoever it is; what the machine refuses doesn't happen."""
        unit = (
            filing.organization
            if action in (Action.SUBMIT, Action.WITHDRAW)
            else filing.parent.organization
        )
        by = Actor.of(self.clerk(unit))
        try:
            with transaction.atomic():
                perform(
                    [filing],
                    action,
                    by=by,
                    reason="核对" if action == Action.RETURN else "",
                    confirmed=True,
                )
        except ReviewRefused:
            pass

    def clerk(self, unit: Organization) -> User:
        """The unit's main account; its organisation is the one that acts."""
        found = User.objects.select_related("organization").filter(organization=unit).first()
        return found or factories.account_of(unit)

    def settle(self) -> None:
        """Everybody decides, from the bottom up, until the provinces are approved."""
        for filing in self.filings().institutions().filter(status=Status.SUBMITTED):
            put(Status.APPROVED, filing)
        for tier in ("county", "city", "province"):
            for filing in self.filings().filter(tier=tier):
                if filing.state not in FROZEN:
                    self.do(filing, Action.SUBMIT)
                filing.refresh_from_db()
                if filing.state == Status.SUBMITTED:
                    self.do(filing, Action.APPROVE)


def held(bureau: Filing) -> list[Filing]:
    """The institutions that a bureau's package holds: approved all the way up."""
    found = []
    for child in Filing.objects.children_of(bureau).filter(status=Status.APPROVED):
        found += [child] if child.is_institution else held(child)
    return found
