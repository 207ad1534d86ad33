"""Whom a notice reaches, and who of them has opened it: by unit, whichever of its accounts did."""

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from apps.accounts.models import User, UserQuerySet
from apps.accounts.models.roles import ENTERPRISE_ROLES
from apps.notices.models import Notice, Receipt


def reach_below(path: str) -> dict[str, int]:
    """How many units of each role hang below `path`."""
    rows = User.objects.all().below(path).main_accounts().filter(is_active=True)
    return dict(rows.values_list("role").annotate(Count("pk")).order_by())


def addressed_units(notice: Notice) -> UserQuerySet:
    """The main accounts of the units that a notice reaches, with `read_at` and `reader` of the first to open it."""
    units: UserQuerySet = (
        User.objects.all().below(notice.path).main_accounts().filter(is_active=True)
    )
    named = Q(role__in=notice.audience) if notice.audience else ~Q(role__in=ENTERPRISE_ROLES)
    first = Receipt.objects.filter(notice=notice, path=OuterRef("path")).order_by("read_at", "pk")
    return (
        units.filter(named)
        .select_related("organization", "enterprise")
        .annotate(
            read_at=Subquery(first.values("read_at")[:1]),
            reader=Subquery(first.values("user__name")[:1]),
            has_read=Exists(first.order_by()),
        )
    )


def read_numbers(notice: Notice) -> tuple[int, int]:
    """How many units have opened it, of how many; one statement."""
    numbers = addressed_units(notice).aggregate(
        read=Count("pk", filter=Q(has_read=True)), all=Count("pk")
    )
    return numbers["read"], numbers["all"]
