"""From imported volumes to what institutions allocate: designations, the split, pools (rules §3a)."""

from .checks import findings
from .planting import plant_volumes, resplit

__all__ = ["findings", "plant_volumes", "resplit"]
