"""Contract quantities: what an institution takes of a winning product in a slot.

Invariants: a line is reserved whole or not at all; Σ reserved of a product is its pool's `allocated`;
the lines of slot `selected` are the confirmed quantities (K), written at publication and counted in `fixed`: what they
take adds up to the row's K less what was left unplaced, one line for each winner that has a part of it.
"""

from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.projects.domain.money import share
from apps.projects.models import WinningProduct
from apps.review.models import Filing
from apps.review.models.reference_triggers import Reference, references_held
from apps.review.models.triggers import frozen_branch_triggers
from apps.scope.managers import ScopedManager, ScopeLookups

from .choices import Slot
from .report import SupplyTotal
from .row import AllocationRow
from .stop_triggers import MOVED_BY_STOP


class SlotLineQuerySet(models.QuerySet["SlotLine"]):
    def of_filing(self, filing: Filing) -> "SlotLineQuerySet":
        return self.filter(filing=filing)

    def taken(self) -> "SlotLineQuerySet":
        """Lines that take something: what is reported and agreed upon."""
        return self.filter(contract__gt=0)

    def with_terms(self) -> "SlotLineQuerySet":
        return self.select_related("product__pool__terms", "product__item", "product__enterprise")

    def with_earlier(self) -> "SlotLineQuerySet":
        """`earlier`: what lines before each take of its agreement, in the order in which they share its amount.

        Confirmed quantities come first: their slot is the last of the alphabet. `held_price` and `held_pack` are those
        that its filing was reported at, NULL at work.
        """
        before = Q(slot__gt=OuterRef("slot")) | Q(slot=OuterRef("slot"), row__lt=OuterRef("row"))
        lines = SlotLine.objects.filter(
            before, filing=OuterRef("filing"), product=OuterRef("product")
        )
        sums = lines.order_by().values("product").annotate(sum=Sum("contract")).values("sum")
        held = SupplyTotal.objects.filter(filing=OuterRef("filing"), product=OuterRef("product"))
        return self.annotate(
            earlier=Coalesce(Subquery(sums), 0),
            held_price=Subquery(held.values("terms__price")),
            held_pack=Subquery(held.values("terms__pack")),
        )


class SlotLine(models.Model):
    """The contract quantity of one product in one slot, in smallest units; `None` is blank, 0 is none.

    `taken`, of confirmed lines only: what it stands for of the row's own confirmed quantity, in units of its item.
    """

    row = models.ForeignKey(
        AllocationRow, models.CASCADE, related_name="lines", db_index=False, db_constraint=False
    )
    filing = models.ForeignKey(
        Filing,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="申报单",
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    slot = models.CharField("分配项", max_length=8, choices=Slot.choices)
    product = models.ForeignKey(
        WinningProduct,
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        verbose_name="中选产品",
    )
    contract = models.BigIntegerField("合同量", null=True, blank=True)
    reserved = models.BigIntegerField("占用产能", default=0)
    taken = models.BigIntegerField("占确认量", null=True, editable=False)
    earlier: int
    held_price: Decimal | None = None
    held_pack: int | None = None

    objects = ScopedManager.from_queryset(SlotLineQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(path="path", project="filing__project_id")

    class Meta:
        verbose_name = verbose_name_plural = "合同量"
        default_permissions = ()
        indexes = [models.Index(fields=["filing", "product"], name="slot_line_by_agreement")]
        constraints = [
            models.UniqueConstraint(name="slot_line_once", fields=["row", "slot", "product"]),
            models.CheckConstraint(
                name="slot_line_not_negative",
                condition=Q(contract__isnull=True) | Q(contract__gte=0),
            ),
            models.CheckConstraint(
                name="slot_line_reserved_whole",
                condition=Q(reserved=0) | Q(contract__isnull=False, reserved=F("contract")),
            ),
            models.CheckConstraint(
                name="slot_line_selected_is_fixed",
                condition=Q(taken__isnull=True) & ~Q(slot=Slot.SELECTED)
                | Q(slot=Slot.SELECTED, reserved=0, contract__gt=0, taken__gt=0),
            ),
        ]
        triggers = [
            *frozen_branch_triggers(unless=MOVED_BY_STOP),
            *references_held(
                Reference("allocation_allocationrow", ("row_id",)),
                Reference("review_filing", ("filing_id",)),
                Reference("projects_winningproduct", ("product_id",)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.row_id} {self.slot} {self.product_id}"

    @property
    def price(self) -> Decimal:
        """Per pack, in yuan, that it was or would be reported at."""
        return self.held_price or self.product.pool.terms.complete.price

    @property
    def pack(self) -> int:
        return self.held_pack or self.product.pool.terms.complete.pack

    @property
    def amount(self) -> Decimal:
        """Its share of the agreement's 合同金额; read `with_earlier` and `with_terms`."""
        return share(self.price, self.pack, self.earlier, self.contract or 0)
