"""What agreements ask of an account now: of the institution and of both enterprises; one statement each."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from apps.accounts.models.roles import Permission
from apps.distribution.models import Agreement, AgreementStatus

CAP = 1_000
TITLES = {
    AgreementStatus.DRAWN: ("三方协议待签署", "waiting"),
    AgreementStatus.AFFECTED: ("三方协议受影响，请作废后重新选择", "returned"),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """`query` shows the agreements in the list; `text` counts to the cap."""

    title: str
    text: str
    query: str
    tone: str


def agreements_for(user: Any) -> list[Waiting]:
    """An institution signs and replaces; the enterprises sign, until the signed paper is uploaded."""
    rows = Agreement.objects.all()
    if user.enterprise_id is not None:
        asked = [AgreementStatus.DRAWN] if user.has(Permission.DELIVERY) else []
    else:
        asked = list(TITLES) if user.has(Permission.MAINTAIN) else []
        rows = rows.filter(institution_id=user.organization_id)
    if not asked:
        return []
    statuses = rows.filter(status__in=asked).order_by().values_list("status", flat=True)
    counts = Counter(statuses[: CAP + 1])
    return [
        Waiting(
            TITLES[status][0],
            f"{CAP:,}+" if counts[status] > CAP else f"{counts[status]:,}",
            f"?status={status.value}",
            TITLES[status][1],
        )
        for status in asked
        if counts[status]
    ]
