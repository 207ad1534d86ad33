"""Volumes of institutions, their contract quantities, capacities and reports."""

from .capacity import CapacityPool
from .choices import FILLED, FIXED_SLOTS, PENDING_SLOTS, Given, Slot, SlotState
from .designations import DesignationPick, GroupDesignation
from .generation import Generation
from .held import (
    AllocatedItem,
    AllocatedProduct,
    AllocatedProject,
    AllocatingOrganization,
    AllocationFiling,
)
from .line import SlotLine
from .place import VolumePlace
from .report import Report, SupplyTotal
from .row import AllocationRow
from .substitution import Substitution

__all__ = [
    "FILLED",
    "FIXED_SLOTS",
    "PENDING_SLOTS",
    "AllocatedItem",
    "AllocatedProduct",
    "AllocatedProject",
    "AllocatingOrganization",
    "AllocationFiling",
    "AllocationRow",
    "CapacityPool",
    "DesignationPick",
    "Generation",
    "Given",
    "GroupDesignation",
    "Report",
    "Slot",
    "SlotLine",
    "SlotState",
    "Substitution",
    "SupplyTotal",
    "VolumePlace",
]
