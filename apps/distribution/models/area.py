"""Where a distributor says it delivers (配送区域).

Invariant: for reference only; nothing else in the product asks it whether something may be done (S4-04).
"""

from django.db import models

from apps.organizations.models import Division
from apps.scope.managers import ScopedManager, ScopeLookups

from .distributor import DistributorAccount

DIRECT = "省(区)直属"


class DeliveryArea(models.Model):
    """One division a distributor delivers to: a county, a city without counties, or the province itself for 直属."""

    account = models.ForeignKey(
        DistributorAccount, models.CASCADE, related_name="areas", verbose_name="配送企业"
    )
    division = models.ForeignKey(
        Division, models.PROTECT, related_name="+", verbose_name="行政区划"
    )

    objects = ScopedManager()
    scope_lookups = ScopeLookups(path="account__path", enterprise="account__enterprise_id")

    class Meta:
        verbose_name = verbose_name_plural = "配送区域"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(name="delivery_area_once", fields=["account", "division"])
        ]

    def __str__(self) -> str:
        return f"{self.account_id} → {self.division_id}"
