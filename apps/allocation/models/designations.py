"""Which enterprises own the fixed slots of a product group in a province (rules §3a.3).

Invariant: designations are written at publication and never change; before it only ties are decided (指定).
"""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import F, Q

from apps.organizations.models import Enterprise, Organization
from apps.projects.models import Project
from apps.projects.models.triggers import frozen_with_project
from apps.projects.models.visibility import ThroughProject
from apps.scope.managers import ScopedManager

from .choices import Slot


class GroupDesignation(models.Model):
    """The enterprises of the fixed slots; `merged` when both are one, `sole` when the group has no other."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="+", verbose_name="项目")
    product_group = models.CharField("产品组", max_length=60)
    province = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="省份"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    lowest = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="日均费用最低"
    )
    highest = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="降幅最高"
    )
    merged = models.BooleanField("同一企业")
    sole = models.BooleanField("唯一企业")

    objects = ScopedManager()
    scope_lookups: ClassVar[ThroughProject] = ThroughProject(
        prefix="project__", path="path", around=True
    )

    class Meta:
        verbose_name = verbose_name_plural = "产品组指定企业"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="designation_once", fields=["project", "product_group", "path"]
            ),
            models.CheckConstraint(
                name="designation_merged_is_one_enterprise",
                condition=Q(merged=True, lowest=F("highest"))
                | (Q(merged=False, sole=False) & ~Q(lowest=F("highest"))),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.product_group} {self.path}"

    def enterprise_of(self, slot: Slot) -> int:
        """The enterprise of a fixed slot."""
        return self.lowest_id if slot == Slot.LOWEST else self.highest_id


class DesignationPick(models.Model):
    """The alliance's choice among enterprises that share the place (指定), before publication."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="+", verbose_name="项目")
    product_group = models.CharField("产品组", max_length=60)
    province = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="省份"
    )
    path = models.CharField("路径", max_length=200, db_collation="C")
    slot = models.CharField("分配项", max_length=8, choices=Slot.choices)
    enterprise = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="指定企业"
    )

    objects = ScopedManager()
    scope_lookups: ClassVar[ThroughProject] = ThroughProject(prefix="project__", path="path")

    class Meta:
        verbose_name = verbose_name_plural = "指定"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                name="designation_pick_once",
                fields=["project", "product_group", "path", "slot"],
            ),
            models.CheckConstraint(
                name="designation_pick_of_fixed_slot",
                condition=Q(slot__in=[Slot.LOWEST, Slot.HIGHEST]),
            ),
        ]
        triggers = [frozen_with_project()]

    def __str__(self) -> str:
        return f"{self.product_group} {self.path} {self.slot}"
