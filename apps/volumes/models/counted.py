"""What quantities point to stays while they do: filings, catalogue items, enterprises (see `reference_triggers`)."""

from apps.organizations.models import Enterprise
from apps.projects.models import CatalogItem
from apps.review.models import Filing
from apps.review.models.reference_triggers import pointed_to_by


class CountedFiling(Filing):
    """A unit that has volumes, for the triggers that hold it."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            *pointed_to_by("volumes_agreedquantity", "filing_id"),
            *pointed_to_by("volumes_rankquantity", "filing_id"),
        ]


class CountedItem(CatalogItem):
    """An item that somebody has volumes of, for the triggers that hold it."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            *pointed_to_by("volumes_agreedquantity", "item_id"),
            *pointed_to_by("volumes_rankquantity", "item_id", "won_id"),
        ]


class RankedEnterprise(Enterprise):
    """A winner that somebody takes volumes of, for the triggers that hold it."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = pointed_to_by("volumes_rankquantity", "enterprise_id")
