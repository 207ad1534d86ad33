"""Who takes part: divisions, the organisation tree on them, enterprises."""

from apps.organizations.models.enterprises import Enterprise
from apps.organizations.models.units import (
    Division,
    Level,
    Organization,
    OrganizationQuerySet,
    Tier,
)

__all__ = ["Division", "Enterprise", "Level", "Organization", "OrganizationQuerySet", "Tier"]
