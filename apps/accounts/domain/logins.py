"""When units were last there: of the tier above, who asks itself whether to call."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Max

from apps.accounts.models import User


def last_logins(organization_ids: Iterable[int]) -> Mapping[int, datetime | None]:
    """By unit, the last login of any of its accounts; a unit without an account is absent. One statement."""
    accounts = User.objects.filter(organization_id__in=list(organization_ids)).order_by()
    return dict(accounts.values_list("organization_id").annotate(Max("last_login")))
