"""When units were last there: of the tier above, who asks itself whether to call."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Max

from apps.accounts.models import User


def last_logins(organization_ids: Iterable[int]) -> Mapping[int, datetime | None]:
    """By unit, the last login of any account that opens; a unit that has none is absent. One statement."""
    own = User.objects.filter(organization_id__in=list(organization_ids))
    accounts = own.filter(is_active=True).order_by()
    return dict(accounts.values_list("organization_id").annotate(Max("last_login")))
