"""Everything that changes a filing. `perform` is the only code that changes a status."""

from .attaching import approve_checked, attach_file, check_attachments, restore_files
from .concluding import (
    close_project,
    closing_report,
    conclude_project,
    conclusion_gate,
    unreported,
)
from .participants import CannotJoin, add_participants, why_not_join
from .performing import perform
from .publishing import publication_report, publish_project
from .returning import return_filing, return_packages, return_through
from .selecting import carry_out, freeze_selection
from .submitting import submit_package
from .supplementing import supplement_filing, supplement_filings
from .withdrawing import ask_withdrawal, grant_withdrawal, refuse_withdrawal

__all__ = [
    "CannotJoin",
    "add_participants",
    "approve_checked",
    "ask_withdrawal",
    "attach_file",
    "carry_out",
    "check_attachments",
    "close_project",
    "closing_report",
    "conclude_project",
    "conclusion_gate",
    "freeze_selection",
    "grant_withdrawal",
    "perform",
    "publication_report",
    "publish_project",
    "refuse_withdrawal",
    "restore_files",
    "return_filing",
    "return_packages",
    "return_through",
    "submit_package",
    "supplement_filing",
    "supplement_filings",
    "unreported",
    "why_not_join",
]
