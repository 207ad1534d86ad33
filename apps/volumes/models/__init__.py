"""Calculation bases, the rules from base to agreed volume, and agreed volumes."""

from .agreed import (
    AgreedQuantity,
    AgreedTerms,
    AgreedVersion,
    KeptBy,
    RankQuantity,
    WinnerShare,
)
from .base import BaseQuantity, BaseVersion
from .choices import OPEN_STATES, RatioClass, Rule, Sharing, State, Unselected
from .conversion import Conversion
from .counted import CountedFiling, CountedItem, RankedEnterprise
from .rules import CascadeRow, ItemRule, RatioRow, UnitRule, VolumeRules
from .winners import SeasonTerms, SeasonWinner

__all__ = [
    "OPEN_STATES",
    "AgreedQuantity",
    "AgreedTerms",
    "AgreedVersion",
    "BaseQuantity",
    "BaseVersion",
    "CascadeRow",
    "Conversion",
    "CountedFiling",
    "CountedItem",
    "ItemRule",
    "KeptBy",
    "RankQuantity",
    "RankedEnterprise",
    "RatioClass",
    "RatioRow",
    "Rule",
    "SeasonTerms",
    "SeasonWinner",
    "Sharing",
    "State",
    "UnitRule",
    "Unselected",
    "VolumeRules",
    "WinnerShare",
]
