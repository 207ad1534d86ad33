"""Demand lines, purchase history and reports."""

from .choices import DoubtState, PackMark, Reason
from .history import HistoryDoubt, PurchaseHistory
from .line import MOST, DemandLine, ReportReason
from .report import DemandReport

__all__ = [
    "MOST",
    "DemandLine",
    "DemandReport",
    "DoubtState",
    "HistoryDoubt",
    "PackMark",
    "PurchaseHistory",
    "Reason",
    "ReportReason",
]
