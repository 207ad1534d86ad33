"""What volumes and their lines point to stays while they do (`review.models.references`)."""

from apps.organizations.models import Organization
from apps.projects.models import CatalogItem, Project, WinningProduct
from apps.review.models import Filing
from apps.review.models.reference_triggers import pointed_to_by


class AllocatedProject(Project):
    """A project that has volumes, for the triggers that hold it."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = pointed_to_by("allocation_allocationrow", "project_id")


class AllocatingOrganization(Organization):
    """An institution that has volumes, for the triggers that hold it."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = pointed_to_by("allocation_allocationrow", "organization_id")


class AllocatedItem(CatalogItem):
    """An item that there are volumes of, for the triggers that hold it."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = pointed_to_by("allocation_allocationrow", "item_id")


class AllocatedProduct(WinningProduct):
    """A product that there are lines of, for the triggers that hold it."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = pointed_to_by("allocation_slotline", "product_id")


class AllocationFiling(Filing):
    """A filing that has volumes and lines, for the triggers that hold it."""

    class Meta:
        proxy = True
        default_permissions = ()
        triggers = [
            *pointed_to_by("allocation_allocationrow", "filing_id"),
            *pointed_to_by("allocation_slotline", "filing_id"),
        ]
