"""How many institutions doubt their purchase history, told to the province that decides (S2-07c).

Invariant: no statement of its own: the number comes with the unit's filings.
"""

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.reporting.models import HistoryDoubt
from apps.review.models import Filing

NOBODY = Value(0, output_field=IntegerField())


def with_doubts(filings: QuerySet[Filing], user: User) -> QuerySet[Filing]:
    """`doubting`: institutions with open doubts in the filing's project; 0 for whoever does not decide."""
    if user.role != Role.PROVINCE or not user.has(Permission.REVIEW):
        return filings.annotate(doubting=NOBODY)
    rows = HistoryDoubt.objects.all().open().filter(filing__project=OuterRef("project_id"))
    counted = rows.order_by().values("filing__project").annotate(n=Count("filing", distinct=True))
    return filings.annotate(doubting=Coalesce(Subquery(counted.values("n")), NOBODY))


def doubting(filing: Filing) -> int:
    """How many institutions, of a filing that came with `with_doubts`."""
    return int(getattr(filing, "doubting", 0))
