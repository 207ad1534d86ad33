"""Messages about agreements to the two enterprises, written in the transaction of the act they tell.

Invariant: nobody is told of an act of its own; one letter for each account, however many agreements.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Role
from apps.distribution.domain.relations.messages import manufacturers
from apps.distribution.models import Agreement, DistributorAccount
from apps.notices.event import EventName
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.scope.context import whole_country

NAMED = 5
PARTIES_ARE_TOLD = "the enterprises of an agreement are told of it where they have an account"


def tell_drawn(agreements: Sequence[Agreement], *, by: Actor) -> None:
    """Both enterprises have a paper to sign."""
    _tell(agreements, "生成了三方协议，请核对并签字盖章", by=by, event=EventName.AGREEMENT)


def tell_signed(agreement: Agreement, *, by: Actor) -> None:
    _tell([agreement], "上传了三方协议的签署件", by=by)


def tell_void(agreement: Agreement, *, reason: str, by: Actor) -> None:
    _tell([agreement], "作废了三方协议", by=by, reason=reason)


def tell_affected(agreements: Sequence[Agreement], *, reason: str, by: Actor) -> None:
    """The distributor alone: the manufacturer voided the relation, the institution gets a letter of its own."""
    _tell(agreements, "的三方协议受影响", by=by, reason=reason)


def _tell(
    agreements: Sequence[Agreement],
    did: str,
    *,
    by: Actor,
    reason: str = "",
    event: EventName | None = None,
) -> None:
    with whole_country(reason=PARTIES_ARE_TOLD):
        to = _recipients(agreements, by)
    letters = [replace(_letter(path, rows, did, reason), event=event) for path, rows in to.items()]
    send_letters(letters, kind=MessageKind.DELIVERY, by=by)


def _recipients(agreements: Sequence[Agreement], by: Actor) -> dict[str, list[Agreement]]:
    """The accounts of both enterprises, without the one that acts; two statements."""
    makers = manufacturers({agreement.manufacturer_id for agreement in agreements})
    carriers = _paths(agreement.distributor_id for agreement in agreements)
    is_maker = by.user is not None and by.user.role == Role.MANUFACTURER
    to: dict[str, list[Agreement]] = defaultdict(list)
    for agreement in agreements:
        for path in {
            None if is_maker else makers.get(agreement.manufacturer_id),
            carriers.get(agreement.distributor_id),
        }:
            if path:
                to[path].append(agreement)
    return to


def _paths(distributors: Iterable[int]) -> dict[int, str]:
    rows = DistributorAccount.objects.issued().filter(pk__in=set(distributors))
    return dict(rows.values_list("pk", "path"))


def _letter(path: str, rows: Sequence[Agreement], did: str, reason: str) -> Letter:
    first, number = rows[0], len(rows)
    codes = "、".join(agreement.code for agreement in rows[:NAMED]) + (
        "等" if number > NAMED else ""
    )
    url = reverse("distribution:agreement_list") + f"?project={first.project_id}"
    if number == 1:
        url = reverse("distribution:agreement_detail", args=[first.pk])
    who = first.institution.name
    why = f"原因：{reason}。" if reason else ""
    return Letter(
        path=path,
        title=f"{who}{did}（{number:,} 份）",
        body=f"{who}{did}：{codes}，共 {number:,} 份。{why}",
        url=url,
        project_id=first.project_id,
    )
