"""What is written down, and what proves that it stayed as it was."""

from .log import ANY_DEPTH, Change, ExactDecoder, LogEntry, OfPlaceAndProject
from .seal import ClearedSegment, Seal, Verification

__all__ = [
    "ANY_DEPTH",
    "Change",
    "ClearedSegment",
    "ExactDecoder",
    "LogEntry",
    "OfPlaceAndProject",
    "Seal",
    "Verification",
]
