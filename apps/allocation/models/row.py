"""What an institution has of one item: reported, agreed, confirmed, to be allocated, and how far it has come.

Invariants: K + P = a and L + H + O = P (rules §3a.2); the path is the institution's; a confirmed row is filled.
"""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, FilteredRelation, Q

from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Project
from apps.projects.models.visibility import ThroughProject
from apps.review.models import Filing
from apps.review.models.reference_triggers import Reference, pointed_to_by, references_held
from apps.review.models.triggers import frozen_branch_triggers
from apps.scope.managers import ScopedManager

from .choices import FILLED, Given, Slot, SlotState
from .stop_triggers import MOVED_BY_STOP
from .triggers import places_counted, quantities_frozen, rows_only_before_publication


class AllocationRowQuerySet(models.QuerySet["AllocationRow"]):
    def of_filing(self, filing: Filing) -> "AllocationRowQuerySet":
        return self.filter(filing=filing)

    def of_project(self, project: Project) -> "AllocationRowQuerySet":
        return self.filter(project=project)

    def selected(self) -> "AllocationRowQuerySet":
        """Rows of a selected product, whose quantity the institution confirms (S1-13)."""
        return self.filter(kept__gt=F("kept_unplaced"))

    def selected_unconfirmed(self) -> "AllocationRowQuerySet":
        return self.selected().filter(selected_confirmed_at__isnull=True)

    def with_selected_lines(self) -> "AllocationRowQuerySet":
        """`selected_lines`, to be counted: what there is to confirm of whose product; a row comes once for each."""
        return self.alias(
            selected_lines=FilteredRelation("lines", condition=Q(lines__slot=Slot.SELECTED))
        )

    def to_allocate(self) -> "AllocationRowQuerySet":
        """Rows with something to allocate (S1-22, rules §3a.1)."""
        return self.filter(pending__gt=0, is_excluded=False)

    def ready_to_confirm(self) -> "AllocationRowQuerySet":
        """Rows to allocate whose slots are all filled and that wait for 确认 only (S1-43, S1-44)."""
        return self.to_allocate().filter(READY, pending_confirmed_at__isnull=True)

    def with_item(self) -> "AllocationRowQuerySet":
        return self.select_related("item")


def _filled(slot: Slot, quantity: str = "") -> Q:
    """The slot asks for nothing, or is filled."""
    return Q(**{quantity or slot.value: 0}) | Q(**{f"{slot.value}_state__in": FILLED})


_OTHER_FILLED = Q(other=0, moved_lowest=0, moved_highest=0) | Q(other_state__in=FILLED)


READY = _filled(Slot.LOWEST) & _filled(Slot.HIGHEST) & _OTHER_FILLED
"""Every shown slot is filled: the same as `turns.why_not_confirm` and the constraint below, for many rows."""


def _state(label: str) -> "models.CharField[str, str]":
    return models.CharField(
        label, max_length=8, choices=SlotState.choices, default=SlotState.EMPTY, editable=False
    )


class AllocationRow(models.Model):
    """An institution's volume of one catalogue item. Quantities are whole smallest units of the item.

    `asked_in` is the sequence of the return that named the row last; `kept_unplaced` what of the confirmed quantity
    found no other product when its own was cancelled.
    """

    project = models.ForeignKey(
        Project,
        models.CASCADE,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="项目",
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
        verbose_name="医疗机构",
    )
    item = models.ForeignKey(
        CatalogItem, models.CASCADE, related_name="+", db_constraint=False, verbose_name="品规"
    )
    filing = models.ForeignKey(
        Filing,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        verbose_name="申报单",
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    reported = models.BigIntegerField("填报量")
    agreed = models.BigIntegerField("约定采购量", default=0)
    kept = models.BigIntegerField("中选产品确认量", default=0)
    pending = models.BigIntegerField("待分配量", default=0)
    lowest = models.BigIntegerField("日均费用最低份额", default=0)
    highest = models.BigIntegerField("降幅最高份额", default=0)
    other = models.BigIntegerField("其他中选份额", default=0)
    given = models.CharField("数量来源", max_length=6, choices=Given.choices, default=Given.NOTHING)
    is_excluded = models.BooleanField("产品组无中选", default=False)
    lowest_state = _state("日均费用最低")
    highest_state = _state("降幅最高")
    other_state = _state("其他中选")
    moved_lowest = models.BigIntegerField("最低转其他", default=0)
    moved_highest = models.BigIntegerField("最高转其他", default=0)
    unplaced = models.BigIntegerField("未能分配", default=0)
    kept_unplaced = models.BigIntegerField("确认量未能分配", default=0, db_default=0)
    asked_in = models.PositiveIntegerField("退回时指明", null=True)
    selected_confirmed_at = models.DateTimeField("中选产品确认时间", null=True)
    selected_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    pending_confirmed_at = models.DateTimeField("待分配量确认时间", null=True)
    pending_confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )

    objects = ScopedManager.from_queryset(AllocationRowQuerySet)()
    scope_lookups: ClassVar[ThroughProject] = ThroughProject(prefix="project__", path="path")

    class Meta:
        verbose_name = verbose_name_plural = "分配量"
        default_permissions = ()
        indexes = [
            models.Index(fields=["project", "path"], name="allocation_row_by_path"),
            models.Index(
                fields=["project", "path"],
                name="allocation_row_unplaced",
                condition=Q(unplaced__gt=0),
            ),
            models.Index(
                fields=["project", "path"],
                name="allocation_row_kept_unplaced",
                condition=Q(kept_unplaced__gt=0),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="allocation_row_once_per_item", fields=["project", "organization", "item"]
            ),
            models.CheckConstraint(
                name="allocation_row_not_negative",
                condition=Q(reported__gte=0, kept__gte=0, pending__gte=0)
                & Q(lowest__gte=0, highest__gte=0, other__gte=0, unplaced__gte=0),
            ),
            models.CheckConstraint(
                name="allocation_row_unplaced_of_kept",
                condition=Q(kept_unplaced__gte=0, kept_unplaced__lte=F("kept")),
            ),
            models.CheckConstraint(
                name="allocation_row_agreed_adds_up", condition=Q(agreed=F("kept") + F("pending"))
            ),
            models.CheckConstraint(
                name="allocation_row_slots_add_up",
                condition=Q(pending=F("lowest") + F("highest") + F("other"))
                | Q(is_excluded=True, lowest=0, highest=0, other=0),
            ),
            models.CheckConstraint(
                name="allocation_row_moves_what_it_has",
                condition=Q(moved_lowest__gte=0, moved_lowest__lte=F("lowest"))
                & Q(moved_highest__gte=0, moved_highest__lte=F("highest")),
            ),
            models.CheckConstraint(
                name="allocation_row_unplaced_only_when_short",
                condition=Q(unplaced=0) | Q(other_state=SlotState.SHORT),
            ),
            models.CheckConstraint(
                name="allocation_row_selected_confirmed_by_somebody",
                condition=Q(selected_confirmed_at__isnull=True, selected_confirmed_by__isnull=True)
                | Q(
                    selected_confirmed_at__isnull=False,
                    selected_confirmed_by__isnull=False,
                    kept__gt=0,
                ),
            ),
            models.CheckConstraint(
                name="allocation_row_pending_confirmed_when_filled",
                condition=Q(pending_confirmed_at__isnull=True, pending_confirmed_by__isnull=True)
                | (Q(pending_confirmed_at__isnull=False, is_excluded=False, pending__gt=0) & READY),
            ),
        ]
        triggers = [
            quantities_frozen(),
            *rows_only_before_publication(),
            *places_counted(),
            *frozen_branch_triggers(unless=MOVED_BY_STOP),
            *references_held(
                Reference("projects_project", ("project_id",)),
                Reference("organizations_organization", ("organization_id",)),
                Reference("projects_catalogitem", ("item_id",)),
                Reference("review_filing", ("filing_id",)),
            ),
            *pointed_to_by("allocation_slotline", "row_id"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.item_id}"

    def target(self, slot: Slot) -> int:
        """Q of the slot as it is now: a slot that moved part of it to the others asks for the rest."""
        if slot == Slot.OTHER:
            return self.other + self.moved_lowest + self.moved_highest
        return int(getattr(self, slot.value)) - self.moved(slot)

    def moved(self, slot: Slot) -> int:
        """What a fixed slot moved to the others for want of capacity (rules §3a.10)."""
        return int(getattr(self, f"moved_{slot.value}"))

    def state(self, slot: Slot) -> SlotState:
        return SlotState(getattr(self, f"{slot.value}_state"))

    def is_filled(self, slot: Slot) -> bool:
        """Whether the slot counts as filled; one without a quantity needs nothing (rules §3a.6)."""
        return self.state(slot) in FILLED or self.asks_nothing(slot)

    def asks_nothing(self, slot: Slot) -> bool:
        """无需分配: the slot had no quantity to begin with."""
        return self.target(slot) == 0 and (slot == Slot.OTHER or not self.moved(slot))

    @property
    def is_confirmed(self) -> bool:
        return self.pending_confirmed_at is not None

    @property
    def all_unplaced(self) -> int:
        """What found no product with capacity, of what was chosen and of what was confirmed."""
        return self.unplaced + self.kept_unplaced

    @property
    def has_moved(self) -> bool:
        """Whether 撤回 has something to undo beside the confirmation."""
        return bool(self.moved_lowest or self.moved_highest or self.unplaced)
