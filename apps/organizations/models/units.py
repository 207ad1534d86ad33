"""Who takes part: divisions, the organisation tree on them, enterprises.

Invariants: an organisation's code, tier and path never change; its path is its parent's path plus its code (rules §6);
passwords are changed on an outer page only where the alliance approved that very address; a unit that merged is shut.
"""

from typing import Any

import pgtrigger
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from apps.audit.domain.change_triggers import Told, tracked
from apps.folding.domain.lookups import folded_field
from apps.organizations.models.pinyin import initials, sort_key
from apps.organizations.models.unit_triggers import outer_page_is_approved
from apps.scope.managers import ScopedManager, ScopeLookups
from apps.scope.paths import ancestors, in_subtree


class Level(models.TextChoices):
    """What a unit is."""

    NATIONAL = "national", "国家"
    PROVINCE = "province", "省级"
    CITY = "city", "地市级"
    COUNTY = "county", "区县级"
    INSTITUTION = "institution", "医疗机构"


class Tier(models.TextChoices):
    """What a unit acts as in the review chain; a Beijing district is a county that acts as a city."""

    ALLIANCE = "alliance", "联采办"
    PROVINCE = "province", "省医保"
    CITY = "city", "市医保"
    COUNTY = "county", "区县医保"
    INSTITUTION = "institution", "医疗机构"


class Division(models.Model):
    """A real administrative division of mainland China, or the Corps (66)."""

    code = models.CharField("行政区划代码", max_length=12, primary_key=True)
    name = models.CharField("名称", max_length=60)
    level = models.CharField("级别", max_length=12, choices=Level.choices)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="children", verbose_name="上级"
    )

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"

    def __str__(self) -> str:
        return self.name


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def institutions(self) -> "OrganizationQuerySet":
        return self.filter(tier=Tier.INSTITUTION)

    def bureaus(self) -> "OrganizationQuerySet":
        return self.exclude(tier=Tier.INSTITUTION)

    def below(self, path: str) -> "OrganizationQuerySet":
        """Everything strictly below `path`."""
        return self.filter(in_subtree(path)).exclude(path=path)

    def merged_into(self, unit_id: int) -> "OrganizationQuerySet":
        """What passed to the unit, by name."""
        return self.filter(merged_into=unit_id).order_by("sort_key", "pk")

    def above(self, path: str) -> "OrganizationQuerySet":
        """The ancestors of `path`, as far as the scope shows them."""
        return self.filter(path__in=ancestors(path))


@tracked(Told("changed.name", path="changed.path"), "update", "delete")
class Organization(models.Model):
    """A unit of the tree: the alliance office, a bureau or an institution."""

    code = models.CharField("机构编码", max_length=30, unique=True, db_collation="C")
    name = models.CharField("机构名称", max_length=120)
    folded_name = folded_field("name")
    pinyin = models.CharField("拼音首字母", max_length=100, editable=False)
    sort_key = models.CharField("拼音", max_length=300, editable=False, db_collation="C")
    level = models.CharField("级别", max_length=12, choices=Level.choices)
    tier = models.CharField("审核层级", max_length=12, choices=Tier.choices)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name="上级单位",
    )
    path = models.CharField("路径", max_length=200, unique=True, db_collation="C", editable=False)
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="行政区划"
    )
    grade = models.CharField("等级", max_length=20, blank=True)
    ownership = models.CharField("所有制", max_length=20, blank=True)
    kind = models.CharField("机构类型", max_length=30, blank=True)
    reports_through = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="由其代报"
    )
    contact_name = models.CharField("联系人", max_length=50, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    address = models.CharField("通信地址", max_length=200, blank=True, default="", db_default="")
    password_url = models.URLField(
        "密码修改地址",
        blank=True,
        default="",
        db_default="",
        help_text="本省医疗机构在省平台修改密码的地址（rules §8）。",
    )
    is_active = models.BooleanField("启用", default=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="已并入",
    )

    objects = ScopedManager.from_queryset(OrganizationQuerySet)()
    scope_lookups = ScopeLookups(path="path", lent=True)

    class Meta:
        verbose_name = verbose_name_plural = "机构"
        indexes = [
            models.Index(fields=["tier", "path"], name="organization_by_tier"),
            models.Index(fields=["parent", "sort_key"], name="organization_by_parent"),
            models.Index(
                fields=["merged_into"],
                name="organization_by_successor",
                condition=Q(merged_into__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                name="organization_path_ends_with_code",
                condition=Q(path__endswith=Concat(Value("/"), F("code"), Value("/"))),
            ),
            models.CheckConstraint(
                name="organization_only_root_has_no_parent",
                condition=Q(parent__isnull=True, path="/0/") | Q(parent__isnull=False),
            ),
            models.CheckConstraint(
                name="organization_not_through_itself",
                condition=Q(reports_through__isnull=True) | ~Q(reports_through=F("id")),
            ),
            models.CheckConstraint(
                name="organization_merged_is_shut",
                condition=Q(merged_into__isnull=True)
                | Q(is_active=False, tier="institution") & ~Q(merged_into=F("id")),
            ),
            models.CheckConstraint(
                name="organization_password_url_of_provinces",
                condition=Q(password_url="") | Q(tier="province"),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(name="path_is_immutable", fields=["code", "path", "tier"]),
            outer_page_is_approved(),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def at(cls, parent: "Organization | None", **fields: Any) -> "Organization":
        """A new, unsaved unit under `parent`, with path and pinyin filled in."""
        top = parent.path if parent else "/"
        name = fields["name"]
        return cls(
            parent=parent,
            path=f"{top}{fields['code']}/",
            pinyin=initials(name),
            sort_key=sort_key(name),
            **fields,
        )
