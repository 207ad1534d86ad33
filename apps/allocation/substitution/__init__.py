"""系统代分: what institutions that did not report are allotted (rules §3a.11). Reads, plan and writes; no rights."""

from .letters import tell_substituted, tell_undone
from .missing import Missing, missing_of, undoable
from .planning import RowPlan, plan_rows
from .reading import OpenRow, load_offers, load_rows
from .writing import put_back, write_plan

__all__ = [
    "Missing",
    "OpenRow",
    "RowPlan",
    "load_offers",
    "load_rows",
    "missing_of",
    "plan_rows",
    "put_back",
    "tell_substituted",
    "tell_undone",
    "undoable",
    "write_plan",
]
