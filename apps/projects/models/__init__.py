"""Projects and what they are made of."""

from .catalogue import CatalogItem, SupplyProvince, SupplyRank, WinningProduct, WinningTerms
from .choices import (
    BUREAU_CHAIN,
    OFFERED_KINDS,
    Approval,
    Attachment,
    ExplanationDirection,
    ExplanationScope,
    Gate,
    PackRounding,
    Phase,
    ProductType,
    ProjectKind,
    RoundingMode,
    Withdrawal,
)
from .participation import Obligation, Participation, ProvinceSettings, ReportingMode
from .project import Project
from .timing import ProjectWindow, ProvinceWindow, SupplementWindow

__all__ = [
    "BUREAU_CHAIN",
    "OFFERED_KINDS",
    "Approval",
    "Attachment",
    "CatalogItem",
    "ExplanationDirection",
    "ExplanationScope",
    "Gate",
    "Obligation",
    "PackRounding",
    "Participation",
    "Phase",
    "ProductType",
    "Project",
    "ProjectKind",
    "ProjectWindow",
    "ProvinceSettings",
    "ProvinceWindow",
    "ReportingMode",
    "RoundingMode",
    "SupplementWindow",
    "SupplyProvince",
    "SupplyRank",
    "WinningProduct",
    "WinningTerms",
    "Withdrawal",
]
