"""Demand lines, purchase history, reports and totals."""

from .choices import DoubtState, PackMark, Reason
from .history import HistoryDoubt, PurchaseHistory
from .line import MOST, DemandLine, ReportReason
from .norm import PeerNorm
from .progress import DemandProgress, ProgressGroupTotal, ProgressReporters, ProgressTotal
from .report import DemandReport
from .total import DemandGroupTotal, DemandReporters, DemandTotal

__all__ = [
    "MOST",
    "DemandGroupTotal",
    "DemandLine",
    "DemandProgress",
    "DemandReport",
    "DemandReporters",
    "DemandTotal",
    "DoubtState",
    "HistoryDoubt",
    "PackMark",
    "PeerNorm",
    "ProgressGroupTotal",
    "ProgressReporters",
    "ProgressTotal",
    "PurchaseHistory",
    "Reason",
    "ReportReason",
]
