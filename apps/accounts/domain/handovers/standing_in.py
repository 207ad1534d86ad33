"""Acting in the name of a unit that merged into one's own: what it left is the successor's to finish.

Invariants: the unit stands in the address of every page and form (`accounts.pages.acting`) and nowhere in the session;
it holds for a request and in memory alone, so nothing of it is ever saved with the account; only units that merged into
the account's own; whatever is recorded names the person with both units.
"""

from django.db.models import BigIntegerField

from apps.accounts.models import User
from apps.organizations.models import Organization
from apps.scope.context import whole_country
from apps.scope.prepared import Prepared

MERGED = "a unit that merged into the account's own"


def place_of(unit: int) -> str:
    """How every address begins under which somebody acts in the name of that unit."""
    return f"/as/{unit}/"


def stand_in(user: User, unit_id: int) -> bool:
    """Turn the account, in memory, to that unit; False where it isn't one that merged into its own."""
    if user.organization is None:
        return False
    with whole_country(reason=MERGED):
        unit = Organization.objects.filter(pk=unit_id, merged_into=user.organization_id).first()
    if unit is None:
        return False
    user.home, user.organization, user.path = user.organization, unit, unit.path
    return True


def merged_units(user: User) -> list[Organization]:
    """The units in whose name the account may act, by name."""
    if user.organization_id is None:
        return []
    with whole_country(reason=MERGED):
        return MERGED_UNITS(unit=user.organization_id)


MERGED_UNITS: Prepared[Organization] = Prepared(
    lambda unit: Organization.objects.all().merged_into(unit), unit=BigIntegerField()
)
"""Read by every home of an institution."""
