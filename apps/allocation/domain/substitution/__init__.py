"""系统代分: what institutions that did not report are allotted (rules §3a.11). Reads, plan and writes; no rights."""

from apps.allocation.domain.substitution.messages import tell_substituted, tell_undone
from apps.allocation.domain.substitution.missing import Missing, missing_of, undoable
from apps.allocation.domain.substitution.planning import RowPlan, plan_rows
from apps.allocation.domain.substitution.reading import OpenRow, load_offers, load_rows
from apps.allocation.domain.substitution.writing import put_back, write_plan

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
