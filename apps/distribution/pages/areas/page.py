"""The tree of areas as the page draws it and sends it back; works without scripts."""

from collections.abc import Collection, Sequence
from typing import Any

from django.http import QueryDict

from apps.distribution.domain.areas.names import Place
from apps.distribution.models import DistributorAccount

AREA, WHOLE = "area", "whole"
"""Names of the boxes: one division; all of a city, for browsers without scripts."""


def own_accounts(user: Any) -> list[DistributorAccount]:
    """The issued accounts of the viewer's enterprise, its own first, then by province."""
    rows = DistributorAccount.objects.issued().filter(enterprise_id=user.enterprise_id)
    found = list(rows.select_related("province", "enterprise").order_by("path"))
    main = user.parent_account_id or user.pk
    return sorted(found, key=lambda account: account.user_id != main)


def places_shown(places: Sequence[Place], chosen: Collection[str]) -> list[dict[str, Any]]:
    """Each city with its boxes, how many are ticked, and whether it stands open."""
    shown = []
    for place in places:
        ticked = [choice.code in chosen for choice in place.choices]
        shown.append(
            {
                "place": place,
                "boxes": list(zip(place.choices, ticked, strict=True)),
                "ticked": sum(ticked),
                "single": len(place.choices) == 1,
            }
        )
    return shown


def chosen_codes(data: QueryDict, places: Sequence[Place]) -> set[str]:
    """What the form says: the ticked boxes, and every county of a city ticked as a whole."""
    whole = set(data.getlist(WHOLE))
    return set(data.getlist(AREA)) | {
        code for place in places if place.code in whole for code in place.codes
    }
