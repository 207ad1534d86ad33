"""Who delivers which winning product where (rules §4), and what became of the proposal.

Invariants, by the database: of one product, one distributor's live relations never share a place; what a relation
is of never changes; a refusal and a void agreement have their reasons; events are only ever added.
"""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from apps.audit.domain.change_triggers import Told, named, tracked
from apps.distribution.models.relation_places import is_direct
from apps.distribution.models.relation_statuses import COUNTED, LIVE, TONES, Action, Status
from apps.organizations.models import Enterprise, Organization
from apps.projects.models import Project, WinningProduct
from apps.projects.models.catalogue import NAME_OF_PRODUCT
from apps.projects.models.provinces import short_name
from apps.scope.conditions import EnterpriseInScope, EnterpriseNationwide, ProjectInScope
from apps.scope.managers import ScopedManager, ScopeLookups
from apps.scope.paths import in_subtree

from .distributor import DistributorAccount
from .relation_triggers import places_apart
from .relation_visibility import DeliveredToScope, condition

_MAKER = condition(EnterpriseNationwide("manufacturer_id"))
_PARTIES = condition(EnterpriseInScope("manufacturer_id", place="path")) | condition(
    EnterpriseInScope("carrier_id", place="path")
)
_OTHERS = _PARTIES | condition(DeliveredToScope("path"))
_SHOWN = _MAKER | (Q(submitted_at__isnull=False) & _OTHERS)
VISIBLE = condition(ProjectInScope("project_id")) & _SHOWN
"""What was never submitted is the manufacturer's alone, by its account from the alliance.

Places see what delivers to them, from above as well.
"""


class DeliveryRelationQuerySet(models.QuerySet["DeliveryRelation"]):
    def of_manufacturer(self, enterprise_id: int | None) -> "DeliveryRelationQuerySet":
        return self.filter(manufacturer_id=enterprise_id)

    def of_distributor(self, account_path: str) -> "DeliveryRelationQuerySet":
        """Those proposed to one distributor account, by the path that its user has as well."""
        return self.filter(distributor__path=account_path, submitted_at__isnull=False)

    def live(self) -> "DeliveryRelationQuerySet":
        return self.filter(status__in=LIVE)

    def counted(self) -> "DeliveryRelationQuerySet":
        """Those that take a place: submitted or agreed."""
        return self.filter(status__in=COUNTED)

    def agreed(self) -> "DeliveryRelationQuerySet":
        return self.filter(status=Status.AGREED)

    def delivering(self) -> "DeliveryRelationQuerySet":
        """Agreed, and the distributor's account is enabled."""
        return self.agreed().filter(distributor__user__is_active=True)

    def within(self, path: str) -> "DeliveryRelationQuerySet":
        return self.filter(in_subtree(path))

    def to_replace(self) -> "DeliveryRelationQuerySet":
        """需更换: live, but the distributor's account is not enabled."""
        return self.live().exclude(distributor__user__is_active=True)

    def with_names(self) -> "DeliveryRelationQuerySet":
        """What a row of a list shows."""
        return self.select_related(
            "project",
            "product__item",
            "manufacturer",
            "carrier",
            "area__division",
            "distributor__user",
        )


RELATION = Told(
    f"concat_ws(' · ', {NAME_OF_PRODUCT}, {named('organizations_enterprise', 'carrier_id')},"
    f" {named('organizations_organization', 'area_id')})",
    path="changed.path",
    project="changed.project_id",
    when="changed.submitted_at IS NOT NULL",
)
"""What was never submitted is the manufacturer's alone, in changes as well."""


@tracked(RELATION, "update", "delete")
class DeliveryRelation(models.Model):
    """A distributor proposed by a manufacturer for one product at one place.

    `path` is the place: the area's path, or its 直属 (`relations.places`). `reason` is that of the last refusal or
    void. `manufacturer`, `carrier` and `project` repeat what product and distributor say, for scope and lists.
    """

    project = models.ForeignKey(
        Project, models.PROTECT, related_name="+", db_index=False, verbose_name="项目"
    )
    product = models.ForeignKey(
        WinningProduct, models.PROTECT, related_name="+", verbose_name="中选产品"
    )
    manufacturer = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", db_index=False, verbose_name="生产企业"
    )
    distributor = models.ForeignKey(
        DistributorAccount,
        models.PROTECT,
        related_name="+",
        db_index=False,
        verbose_name="配送企业",
    )
    carrier = models.ForeignKey(
        Enterprise, models.PROTECT, related_name="+", verbose_name="配送企业"
    )
    area = models.ForeignKey(
        Organization, models.PROTECT, related_name="+", verbose_name="配送地区"
    )
    path = models.CharField("路径", max_length=200, db_collation="C", editable=False)
    status = models.PositiveSmallIntegerField(
        "状态", choices=Status.choices, default=Status.DRAFT, editable=False
    )
    version = models.PositiveIntegerField("版本", default=1)
    reason = models.CharField("原因", max_length=200, blank=True)
    created_at = models.DateTimeField("选择时间", auto_now_add=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)
    voided_at = models.DateTimeField("作废时间", null=True)

    objects = ScopedManager.from_queryset(DeliveryRelationQuerySet)()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(custom=VISIBLE)

    class Meta:
        verbose_name = verbose_name_plural = "配送关系"
        default_permissions = ()
        indexes = [
            models.Index(fields=["manufacturer", "-id"], name="relation_newest_first"),
            models.Index(fields=["manufacturer", "status", "-id"], name="relation_by_status"),
            models.Index(fields=["manufacturer", "path", "-id"], name="relation_of_maker_by_place"),
            models.Index(fields=["manufacturer", "project", "-id"], name="relation_by_project"),
            models.Index(fields=["distributor", "status", "-id"], name="relation_to_answer"),
            models.Index(
                fields=["distributor", "path", "-id"], name="relation_of_carrier_by_place"
            ),
            models.Index(fields=["path", "project", "status"], name="relation_by_place"),
            models.Index(fields=["project", "status", "-id"], name="relation_of_project"),
        ]
        constraints = [
            models.UniqueConstraint(
                name="relation_live_once",
                fields=["product", "distributor", "path"],
                condition=Q(status__in=[0, 1, 2]),
            ),
            models.CheckConstraint(
                name="relation_submitted_at_some_time",
                condition=~Q(status__in=[1, 2, 3]) | Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="relation_answered_at_some_time",
                condition=~Q(status__in=[2, 3]) | Q(answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="relation_void_since",
                condition=Q(status=99, voided_at__isnull=False)
                | (~Q(status=99) & Q(voided_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="relation_refused_with_reason", condition=~Q(status=3) | ~Q(reason="")
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="subject_never_changes",
                fields=[
                    "project",
                    "product",
                    "manufacturer",
                    "distributor",
                    "carrier",
                    "area",
                    "path",
                ],
            ),
            pgtrigger.Protect(
                name="submitted_never_deleted",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__submitted_at__isnull=False),
            ),
            places_apart(),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} → {self.carrier_id} {self.path}"

    @property
    def state(self) -> Status:
        return Status(self.status)

    @property
    def status_label(self) -> "StatusLook":
        return StatusLook(self.state)

    @property
    def is_direct(self) -> bool:
        """Only the institutions hung directly under the area (省(区)直属)."""
        return is_direct(self.path)

    @property
    def place(self) -> str:
        """`湖北`, `武汉市`, `湖北 省(区)直属`; use with `with_names`."""
        return place_name(self.area, direct=self.is_direct)

    @property
    def needs_replacement(self) -> bool:
        """需更换; use with `with_names`."""
        user = self.distributor.user
        return self.state in LIVE and not (user and user.is_active)

    @property
    def was_agreed_before(self) -> bool:
        """Void after an agreement: what rests on it is affected (`relations.dependents`)."""
        return self.state == Status.VOID and self.answered_at is not None


class StatusLook:
    """A status as `StatusColumn` draws it."""

    def __init__(self, status: Status) -> None:
        self.label, self.tone = status.label, TONES[status]


def place_name(area: Organization, *, direct: bool) -> str:
    """How a place is called in lists and workbooks."""
    is_province = area.path.count("/") == 3  # noqa: PLR2004  (/0/42/)
    name = short_name(area) if is_province else area.division.name if area.division else area.name
    return f"{name} {'省(区)直属' if is_province else '直属'}" if direct else name


def acts() -> list[tuple[str, str]]:
    """Asked when they are shown: a new act is no migration."""
    return Action.choices


class RelationEvent(models.Model):
    """One status change of a relation: who, when, from what to what, why."""

    relation = models.ForeignKey(DeliveryRelation, models.PROTECT, related_name="steps")
    at = models.DateTimeField("时间")
    action = models.CharField("操作", max_length=10, choices=acts)
    source = models.PositiveSmallIntegerField("原状态", choices=Status.choices)
    target = models.PositiveSmallIntegerField("新状态", choices=Status.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", db_index=False
    )
    actor_name = models.CharField("操作人", max_length=150)
    enterprise_name = models.CharField("企业", max_length=120, blank=True)
    reason = models.CharField("原因", max_length=200, blank=True)
    request_id = models.CharField("请求编号", max_length=64, blank=True)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        custom=condition(ProjectInScope("relation__project_id"))
        & (
            condition(EnterpriseInScope("relation__manufacturer_id", place="relation__path"))
            | condition(EnterpriseInScope("relation__carrier_id", place="relation__path"))
            | condition(DeliveredToScope("relation__path"))
        )
    )

    class Meta:
        verbose_name = verbose_name_plural = "配送关系记录"
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                name="relation_event_changes_something", condition=~Q(source=F("target"))
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.relation_id} {self.action}"
