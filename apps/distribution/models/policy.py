"""What a project says about delivery: how many distributors a product may have at one place (rules §4)."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from apps.audit.domain.change_triggers import Told, tracked
from apps.projects.models import Project
from apps.projects.models.visibility import through_project
from apps.scope.managers import ScopedManager

MOST = 99


@tracked(Told("''", project="changed.project_id"), "insert", "update")
class DeliveryPolicy(models.Model):
    """`most` distributors of one product at any place; no row, or `None`, means no limit."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="+", verbose_name="项目")
    most = models.PositiveSmallIntegerField(
        "每个产品每个地区的配送企业上限",
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(MOST)],
        help_text="不填即不限。已提交和已同意的配送关系计入；上级地区的配送企业同样计入下级。",
    )

    objects = ScopedManager()
    scope_lookups = through_project("project__")

    class Meta:
        verbose_name = verbose_name_plural = "配送设置"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                name="delivery_limit_positive",
                condition=Q(most__isnull=True) | Q(most__gte=1, most__lte=MOST),
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id}: {self.most}"
