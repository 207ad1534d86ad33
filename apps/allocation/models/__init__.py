"""Volumes of institutions, their contract quantities, capacities and reports."""

from .capacity import CapacityPool, Stopped
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
from .stop import BEGINNING, ProductStop, StopAct, StopShare
from .substitution import Substitution

__all__ = [
    "BEGINNING",
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
    "ProductStop",
    "Report",
    "Slot",
    "SlotLine",
    "SlotState",
    "StopAct",
    "StopShare",
    "Stopped",
    "Substitution",
    "SupplyTotal",
    "VolumePlace",
]
