"""What keeps a demand project's winning results still once agreed volumes follow from them.

Invariant: while agreed volumes of a demand project are published, nobody's winning, rank or cut in it changes.
The table itself belongs to `projects`: it is the same for the allocations that are generated later.
"""

from apps.projects.models import WinningProduct, WinningTerms

from .triggers import fixed_terms_under, winners_fixed_under


class SeasonWinner(WinningProduct):
    """A winning result of a demand project, for the trigger that holds it."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = winners_fixed_under("volumes_agreedversion")


class SeasonTerms(WinningTerms):
    """Terms of a winning result of a demand project: price and pack may still come, a cut may not change."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [fixed_terms_under("volumes_agreedversion")]
