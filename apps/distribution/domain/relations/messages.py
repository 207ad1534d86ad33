"""Messages to the other side, written in the transaction of the act they tell."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.distribution.domain.relations.machine import TRANSITIONS, Transition
from apps.distribution.models import DeliveryRelation
from apps.distribution.models.relation_statuses import Action, Status
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind

NAMED = 5
MOST_LETTERS = 500


def tell_parties(
    relations: Sequence[DeliveryRelation],
    sources: Mapping[int, Status],
    action: Action,
    *,
    by: Actor,
    reason: str,
) -> None:
    """A void tells the distributor and, after an agreement, both; an answer taken back tells the manufacturer.

    One letter for each account, however many relations.
    """
    law = TRANSITIONS[action]
    shown = [relation for relation in relations if sources[relation.pk] != Status.DRAFT]
    if not law.act.told or not shown:
        return
    to: dict[str, list[DeliveryRelation]] = defaultdict(list)
    if law.party == "manufacturer":
        for relation in shown:
            to[relation.distributor.path].append(relation)
        shown = [relation for relation in shown if sources[relation.pk] == Status.AGREED]
    paths = manufacturers({relation.manufacturer_id for relation in shown})
    for relation in shown:
        if relation.manufacturer_id in paths:
            to[paths[relation.manufacturer_id]].append(relation)
    letters = [_letter(path, rows, law, reason) for path, rows in list(to.items())[:MOST_LETTERS]]
    send_letters(letters, kind=MessageKind.DELIVERY, by=by)


def manufacturers(enterprise_ids: set[int]) -> dict[int, str]:
    """The path of each enterprise's account as a manufacturer."""
    if not enterprise_ids:
        return {}
    rows = User.objects.main_accounts().filter(
        enterprise_id__in=enterprise_ids, role=Role.MANUFACTURER
    )
    return dict(rows.values_list("enterprise_id", "path"))


def _letter(
    path: str, relations: Sequence[DeliveryRelation], law: Transition, reason: str
) -> Letter:
    number = len(relations)
    names = "；".join(
        f"{relation.product.item} · {relation.place} · {relation.carrier}"
        for relation in relations[:NAMED]
    )
    more = f"等 {number:,} 条" if number > NAMED else ""
    did, first = law.act.told, relations[0]
    who = first.manufacturer if law.party == "manufacturer" else first.carrier
    why = f"原因：{reason}。" if reason else ""
    return Letter(
        path=path,
        title=f"{who}{did}（{number:,} 条）"[:200],
        body=f"{who}{did}：{names}{more}。{why}"[:1_000],
        url=reverse("distribution:relation_list"),
    )
