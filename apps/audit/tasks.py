"""What comes round by the clock: seals every minute, the whole check and the clean-up every night."""

import structlog

from apps.audit.domain.anchors import AnchorAhead
from apps.audit.domain.clearing import clear_old_entries
from apps.audit.domain.proving import mail_head, prove
from apps.audit.domain.sealing import seal_all
from apps.jobs.periodic import periodic

_log = structlog.get_logger("audit")


@periodic("* * * * *", name="audit.seal")
def seal() -> None:
    """A chain that the anchor knows otherwise is left as it is: the error stands in the log until somebody looks."""
    try:
        seal_all()
    except AnchorAhead as refusal:
        _log.error("audit_not_sealed", why=str(refusal))


@periodic("13 18 * * *", name="audit.prove")
def verify() -> None:
    """2:13 in Shanghai."""
    prove()


@periodic("43 19 * * *", name="audit.clear")
def clear() -> None:
    """After the check, since it only takes out what is as it was sealed."""
    try:
        clear_old_entries()
    except AnchorAhead as refusal:
        _log.error("audit_not_cleared", why=str(refusal))


@periodic("3 1 * * *", name="audit.mail")
def mail() -> None:
    """9:03 in Shanghai."""
    mail_head()
