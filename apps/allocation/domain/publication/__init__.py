"""From imported volumes to what institutions allocate: designations, the split, pools (rules §3a)."""

from apps.allocation.domain.publication.checks import findings
from apps.allocation.domain.publication.planting import plant_volumes, resplit

__all__ = ["findings", "plant_volumes", "resplit"]
