"""What 取消中选 would do now, as a page shows it. A constant number of statements."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from apps.allocation.domain.stops.market import previewed
from apps.allocation.domain.stops.planning import Choice, StopPlan
from apps.allocation.models import CapacityPool
from apps.projects.domain.money import amount
from apps.projects.models import Project
from apps.review.models import Filing
from apps.review.models.statuses import FROZEN, Status

NOTHING: Counter[int] = Counter()
SHOWN = 100
"""Institutions that a page names; the list of the act has all of them."""


@dataclass(frozen=True, slots=True)
class Taking:
    """A product that takes over: smallest units, yuan; what is left of it before and after, `None` unlimited."""

    pool: CapacityPool
    institutions: int
    kept: int
    contract: int
    amount: Decimal

    @property
    def left_after(self) -> int | None:
        """By the pool's own count."""
        left = self.pool.left
        counted = self.kept if self.pool.project.capacity_counts_confirmed else 0
        return None if left is None else left - counted - self.contract


@dataclass(frozen=True, slots=True)
class Unit:
    """An institution: what it had of the product, and what takes its place in words."""

    filing: Filing
    kept: int
    contract: int
    instead: str


@dataclass(frozen=True)
class Preview:
    """The plan in words and sums."""

    pool: CapacityPool
    pools: Mapping[int, CapacityPool]
    plan: StopPlan

    @cached_property
    def kept(self) -> int:
        return sum(line.contract for line in self.plan.lines if line.is_kept)

    @cached_property
    def contract(self) -> int:
        return sum(line.contract for line in self.plan.lines if not line.is_kept)

    @property
    def institutions(self) -> int:
        return len(self.plan.filings)

    @cached_property
    def reported(self) -> int:
        return len({line.filing for line in self.plan.lines if line.status in FROZEN})

    @cached_property
    def by_status(self) -> list[tuple[str, int, int]]:
        """Status, institutions, lines."""
        lines = Counter(line.status for line in self.plan.lines)
        units = Counter({line.filing: line.status for line in self.plan.lines}.values())
        return [(Status(s).label, units[s], lines[s]) for s in Status if lines[s]]

    @cached_property
    def amount(self) -> Decimal:
        """Of the product now, institution by institution."""
        sums: Counter[int] = Counter()
        for line in self.plan.lines:
            sums[line.filing] += line.contract
        return _amount(self.pool, sums)

    @cached_property
    def taking(self) -> list[Taking]:
        """Who takes over, the most first."""
        products = {**self._kept, **self._contract}
        found = [
            _taking(
                self.pools[product],
                self._kept.get(product, NOTHING),
                self._contract.get(product, NOTHING),
            )
            for product in products
        ]
        return sorted(found, key=lambda each: (-each.kept - each.contract, each.pool.pk))

    @property
    def amount_after(self) -> Decimal:
        return sum((each.amount for each in self.taking), Decimal(0))

    @cached_property
    def units(self) -> list[Unit]:
        """The first of them; one statement."""
        shown = self.plan.filings[:SHOWN]
        rows = Filing.objects.filter(pk__in=shown).select_related("organization").in_bulk()
        held: dict[int, Counter[bool]] = defaultdict(Counter)
        for line in self.plan.lines:
            held[line.filing][line.is_kept] += line.contract
        return [
            Unit(rows[pk], held[pk][True], held[pk][False], self._instead(pk))
            for pk in shown
            if pk in rows
        ]

    @cached_property
    def _kept(self) -> dict[int, Counter[int]]:
        found: dict[int, Counter[int]] = defaultdict(Counter)
        for each in self.plan.kept:
            for part in each.parts:
                found[part.product_id][each.line.filing] += part.contract
        return dict(found)

    @cached_property
    def _contract(self) -> dict[int, Counter[int]]:
        """What slots take more than before."""
        found: dict[int, Counter[int]] = defaultdict(Counter)
        for plan in self.plan.rows:
            for line in plan.lines:
                found[line.product_id][plan.row.filing_id] += line.reserved - line.before
        return {product: +more for product, more in found.items() if +more}

    @cached_property
    def _short(self) -> Counter[int]:
        found = Counter({each.line.filing: 0 for each in self.plan.kept})
        for each in self.plan.kept:
            found[each.line.filing] += bool(each.unplaced)
        for plan in self.plan.rows:
            found[plan.row.filing_id] += plan.unplaced > plan.row.unplaced
        return found

    def _instead(self, filing: int) -> str:
        takes = {
            product: self._kept.get(product, NOTHING)[filing]
            + self._contract.get(product, NOTHING)[filing]
            for product in {**self._kept, **self._contract}
        }
        words = [
            f"{self.pools[pk].product.enterprise} {quantity:,} {self.pools[pk].product.item.unit}"
            for pk, quantity in sorted(takes.items())
            if quantity
        ]
        if self._short[filing]:
            words.append(f"未能分配 {self._short[filing]} 项")
        return "；".join(words) or "不再分配"


def preview_of(project: Project, pool: CapacityPool, choice: Choice) -> Preview:
    group = CapacityPool.objects.of_project(project).with_offer().select_related("project")
    pools = {each.product_id: each for each in group}
    return Preview(pool, pools, previewed(project, pool, choice))


def _taking(pool: CapacityPool, kept: Counter[int], contract: Counter[int]) -> Taking:
    """Of quantities by institution."""
    return Taking(
        pool=pool,
        institutions=len(kept.keys() | contract.keys()),
        kept=kept.total(),
        contract=contract.total(),
        amount=_amount(pool, kept + contract),
    )


def _amount(pool: CapacityPool, quantities: Mapping[int, int]) -> Decimal:
    """Each institution's rounded once, as its agreement is."""
    terms = pool.terms.complete
    parts: Sequence[Decimal] = [
        amount(terms.price, terms.pack, quantity) for quantity in quantities.values()
    ]
    return sum(parts, Decimal(0))
