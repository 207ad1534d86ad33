"""Who takes part: divisions, the organisation tree on them, enterprises."""

from apps.organizations.models.units import (
    Division,
    Enterprise,
    Level,
    Organization,
    OrganizationQuerySet,
    Tier,
)

__all__ = ["Division", "Enterprise", "Level", "Organization", "OrganizationQuerySet", "Tier"]
