"""Which rehearsals there are. Their rows stand in the real world, from wherever one asks."""

from apps.rehearsals.models import Rehearsal
from apps.scope.sandbox import Sandbox, within


def find(number: int) -> Rehearsal | None:
    """The rehearsal, as long as it stands."""
    with within(None):
        return Rehearsal.objects.filter(pk=number).first()


def sandbox_of(number: int) -> Sandbox | None:
    rehearsal = find(number)
    return None if rehearsal is None else rehearsal.sandbox
