"""Everything that changes a filing. `perform` is the only code that changes a status."""

from .concluding import close_project, closing_report, conclude_project, conclusion_gate
from .participants import CannotJoin, add_participants, why_not_join
from .performing import perform
from .publishing import publication_report, publish_project
from .returning import return_through
from .selecting import carry_out, freeze_selection
from .supplementing import supplement_filing

__all__ = [
    "CannotJoin",
    "add_participants",
    "carry_out",
    "close_project",
    "closing_report",
    "conclude_project",
    "conclusion_gate",
    "freeze_selection",
    "perform",
    "publication_report",
    "publish_project",
    "return_through",
    "supplement_filing",
    "why_not_join",
]
