"""Everything that changes a filing. `perform` is the only code that changes a status."""

from .performing import perform
from .publishing import publication_report, publish_project
from .returning import return_through
from .selecting import carry_out, freeze_selection

__all__ = [
    "carry_out",
    "freeze_selection",
    "perform",
    "publication_report",
    "publish_project",
    "return_through",
]
