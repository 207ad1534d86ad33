"""经办人交接: an account passes from one person to the next. Invariant: rows are only added."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models

from apps.scope.managers import ScopedManager, ScopeLookups


class Handover(models.Model):
    """Who had the account until `at`, and who since. `by_name` is the unit and person that did it."""

    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="handovers", verbose_name="账号"
    )
    at = models.DateTimeField("交接时间")
    name_before = models.CharField("原经办人", max_length=50, blank=True)
    name_after = models.CharField("新经办人", max_length=50)
    by_name = models.CharField("办理人", max_length=200)

    objects = ScopedManager()
    scope_lookups: ClassVar[ScopeLookups] = ScopeLookups(
        path="account__path", enterprise="account__enterprise_id"
    )

    class Meta:
        verbose_name = verbose_name_plural = "经办人交接"
        default_permissions = ("view",)
        indexes = [models.Index(fields=["account", "at"], name="handover_by_account")]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.name_before} → {self.name_after}"
