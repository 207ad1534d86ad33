"""Calculation bases, the rules from base to agreed volume, and agreed volumes."""

from .agreed import AgreedQuantity, AgreedTerms, AgreedVersion, WinnerShare
from .base import BaseQuantity, BaseVersion
from .choices import OPEN_STATES, RatioClass, Rule, State
from .conversion import Conversion
from .rules import CascadeRow, RatioRow, UnitRule, VolumeRules
from .winners import WinningResult

__all__ = [
    "OPEN_STATES",
    "AgreedQuantity",
    "AgreedTerms",
    "AgreedVersion",
    "BaseQuantity",
    "BaseVersion",
    "CascadeRow",
    "Conversion",
    "RatioClass",
    "RatioRow",
    "Rule",
    "State",
    "UnitRule",
    "VolumeRules",
    "WinnerShare",
    "WinningResult",
]
