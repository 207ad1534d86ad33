"""Projects and what they are made of."""

from .catalogue import (
    TERMS,
    CatalogItem,
    PrimaryProvince,
    SupplyProvince,
    SupplyRank,
    WinningProduct,
    WinningTerms,
    lacking_terms,
)
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
from .correction import Correction, ItemTerms
from .own_codes import OwnCode
from .participation import Obligation, Participation, ProvinceSettings, ReportingMode
from .project import Project
from .timing import ProjectWindow, ProvinceWindow, SupplementWindow

__all__ = [
    "BUREAU_CHAIN",
    "OFFERED_KINDS",
    "TERMS",
    "Approval",
    "Attachment",
    "CatalogItem",
    "Correction",
    "ExplanationDirection",
    "ExplanationScope",
    "Gate",
    "ItemTerms",
    "Obligation",
    "OwnCode",
    "PackRounding",
    "Participation",
    "Phase",
    "PrimaryProvince",
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
    "lacking_terms",
]
