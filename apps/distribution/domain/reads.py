"""Reads of delivery that a scope alone can't answer.

Invariant: what steps outside the viewer's scope says why, and gives names and ids only.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, F, IntegerField, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower

from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.distribution.models import DIRECT, DeliveryArea, DistributorAccount
from apps.folding.domain.folding import folded
from apps.organizations.models import Level
from apps.projects.models import WinningProduct
from apps.scope.context import whole_country

SHOWN_AREAS = 20


def distributors_of(user: Any) -> QuerySet[DistributorAccount]:
    """The distributors of the viewer's province, newest first; none for anybody else."""
    rows = DistributorAccount.objects.select_related("enterprise", "user")
    if user.role != Role.PROVINCE:
        return rows.none()
    return with_areas(rows.filter(province_id=user.organization_id)).order_by("-pk")


def with_areas(rows: QuerySet[DistributorAccount]) -> QuerySet[DistributorAccount]:
    """Each with `area_names`, the first of its areas, and `area_count`."""
    areas = DeliveryArea.objects.filter(account=OuterRef("pk")).order_by()
    name = Case(
        When(division__level=Level.PROVINCE, then=Value(DIRECT)), default=F("division__name")
    )
    last = Case(When(division__level=Level.PROVINCE, then=1), default=0)
    named = areas.annotate(name=name, last=last).order_by("last", "division_id")
    counted = areas.values("account").annotate(number=Count("pk")).values("number")
    return rows.annotate(
        area_names=ArraySubquery(named.values("name")[:SHOWN_AREAS]),
        area_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
    )


def taken_usernames(usernames: Iterable[str]) -> set[str]:
    """Which of these some account of the country has, in the form in which they are compared."""
    keys = {folded(username) for username in usernames}
    with whole_country(reason="usernames are unique in the country"):
        named = User.objects.annotate(key=Lower("username")).filter(key__in=keys)
        return set(named.values_list("key", flat=True))


def renamable(enterprise_ids: Iterable[int], province_id: int) -> set[int]:
    """The enterprises that nobody but this province's not yet issued distributor refers to: a slip can be mended."""
    ids = set(enterprise_ids)
    with whole_country(reason="who else knows an enterprise by its name"):
        accounts = DistributorAccount.objects.filter(enterprise__in=ids)
        others = accounts.exclude(province_id=province_id, user__isnull=True)
        held = set(others.values_list("enterprise_id", flat=True))
        held |= set(User.objects.filter(enterprise__in=ids).values_list("enterprise_id", flat=True))
        winners = WinningProduct.objects.filter(enterprise__in=ids)
        held |= set(winners.values_list("enterprise_id", flat=True))
        ours = accounts.values_list("enterprise_id", flat=True)
        return set(ours) - held
