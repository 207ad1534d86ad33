"""The tree of areas as the page draws it and sends it back; works without scripts."""

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.http import QueryDict

from apps.distribution.domain.areas.names import Place
from apps.distribution.models import DistributorAccount
from apps.ui.form_fields import offer
from apps.ui.pages.versions import Versioned

AREA, WHOLE = "area", "whole"
"""Names of the boxes: one division; all of a city, for browsers without scripts."""


class AnyOf(forms.MultipleChoiceField):
    """Boxes whose values the service judges."""

    def valid_value(self, value: Any) -> bool:
        return True


class AreaForm(Versioned, forms.Form):
    """The ticked divisions of one account."""

    area = AnyOf(label="配送区域", required=False)

    def __init__(self, data: Any, *, account: DistributorAccount, places: Sequence[Place]) -> None:
        self.saved = set(account.areas.values_list("division_id", flat=True))
        self.trail = {"path": account.path, "verb": "维护配送区域"}
        super().__init__(data, initial={"area": sorted(self.saved)})
        choices = [(choice.code, choice.name) for place in places for choice in place.choices]
        offer(self, "area", choices)


def own_accounts(user: Any) -> list[DistributorAccount]:
    """The issued distributor of the viewer's account; those of other provinces are not in its scope."""
    rows = DistributorAccount.objects.issued().filter(enterprise_id=user.enterprise_id)
    accounts = list(rows.select_related("province", "enterprise").order_by("path"))
    main = user.parent_account_id or user.pk
    return sorted(accounts, key=lambda account: account.user_id != main)


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
