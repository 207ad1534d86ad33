"""The one function that changes relations' statuses: one or thousands, in a constant number of statements.

Invariants: all of them or none; every change has its event and its log entry; locks are taken on products by id (only
where limits are asked), then on relations by id.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission, Role
from apps.audit.request_id import current_request_id
from apps.audit.services import Entry, record_many
from apps.distribution.domain.relations.crowding import (
    Proposal,
    check_apart,
    check_limit,
    limits_of,
    live_beside,
)
from apps.distribution.domain.relations.dependents import bound_relations, tell_void
from apps.distribution.domain.relations.machine import (
    LONGEST_REASON,
    TRANSITIONS,
    Party,
    Situation,
    Transition,
    needs_reason,
    refusal,
    takes_a_place,
)
from apps.distribution.domain.relations.messages import tell_parties
from apps.distribution.domain.relations.refusals import (
    ActionRefused,
    NotYourTurn,
    ReasonMissing,
    RelationsMissing,
    RelationsMoved,
    listed,
)
from apps.distribution.models import DeliveryRelation, RelationEvent
from apps.distribution.models.relation_statuses import Action, Status
from apps.projects.models import WinningProduct
from apps.scope.context import whole_country

PARTIES: Mapping[str, Party] = {
    Role.MANUFACTURER: "manufacturer",
    Role.DISTRIBUTOR: "distributor",
}
BEYOND = "limits, places and enabled distributors are judged over everybody's relations"


@transaction.atomic
def perform(
    ids: Collection[int],
    action: Action,
    *,
    by: Actor,
    reason: str = "",
    versions: Mapping[int, int] | None = None,
) -> list[DeliveryRelation]:
    """Take `action` on relations of the actor's enterprise: all of them or none. Returns them as they are now.

    `versions` are the versions that the person saw, by id. Raises a `RelationRefused` that names which and why.
    """
    check_right(by, TRANSITIONS[action].party)
    own = own_relations(by).filter(pk__in=ids)
    products = dict(own.values_list("pk", "product_id"))
    if len(products) != len(set(ids)):
        raise RelationsMissing(
            "部分配送关系不存在或不属于本企业，没有写入任何数据，请刷新后再操作。"
        )
    with whole_country(reason=BEYOND):
        if TRANSITIONS[action].target == Status.SUBMITTED:
            lock_products(products.values())
        held = _held(products)
        _check(held, action, reason=reason, versions=versions)
        try:
            with transaction.atomic():
                _move(held, action, by=by, reason=reason.strip())
        except IntegrityError as error:
            raise told(error) from error
    return held


def check_right(by: Actor, party: Party) -> None:
    """Raises `NotYourTurn` unless the account is that party and may set delivery relations."""
    if by.user is None or PARTIES.get(by.user.role) != party or not by.may(Permission.DELIVERY):
        who = "生产企业" if party == "manufacturer" else "配送企业"
        raise NotYourTurn(f"只有{who}中有“配送关系”权限的账号可以这样操作。")


def own_relations(by: Actor) -> Any:
    """What the actor's account may act on: a manufacturer's own, or those proposed to this distributor account."""
    rows = DeliveryRelation.objects.all()
    user: Any = by.user
    if user.role == Role.MANUFACTURER:
        return rows.of_manufacturer(user.enterprise_id)
    return rows.of_distributor(user.path)


def lock_products(ids: Collection[int]) -> None:
    """Whoever proposes for the same products waits here, so that limits hold."""
    rows = WinningProduct.objects.filter(pk__in=set(ids)).order_by("pk")
    list(rows.select_for_update(of=("self",), no_key=True).values_list("pk"))


def told(error: IntegrityError) -> Exception:
    """The sentence of what the database refused, or the error itself."""
    text = str(error)
    if "relation_live_once" in text or "relation_places_overlap" in text:
        return RelationsMoved(
            "同一产品、配送企业和地区刚刚已有有效的配送关系，没有写入任何数据，请刷新后核对。"
        )
    return error


def _held(ids: Collection[int]) -> list[DeliveryRelation]:
    rows = DeliveryRelation.objects.filter(pk__in=ids).with_names().order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True))


def _check(
    held: Sequence[DeliveryRelation],
    action: Action,
    *,
    reason: str,
    versions: Mapping[int, int] | None,
) -> None:
    changed = [
        name_of(relation)
        for relation in held
        if (versions or {}).get(relation.pk, relation.version) != relation.version
    ]
    if changed:
        raise RelationsMoved(
            f"{listed(changed)}：在您打开页面之后已被另一方改动，没有写入任何数据，请刷新后核对。"
        )
    proposals = {relation.pk: _proposal(relation) for relation in held}
    taking = [relation for relation in held if takes_a_place(action, relation.state)]
    beside = live_beside([proposals[relation.pk] for relation in taking]) if taking else []
    situations = _situations(held, beside, action)
    refused = [
        f"{name_of(relation)}：{why}"
        for relation in held
        if (why := refusal(action, situations[relation.pk]))
    ]
    if refused:
        raise ActionRefused(f"{listed(refused)}。没有写入任何数据。")
    if not reason.strip() and any(needs_reason(action, relation.state) for relation in held):
        raise ReasonMissing(f"{action.label}必须填写原因，另一方会看到它。")
    if len(reason.strip()) > LONGEST_REASON:
        raise ReasonMissing(f"原因最多 {LONGEST_REASON} 个字，现在有 {len(reason.strip())} 个。")
    if taking:
        _check_places(taking, beside)


def _check_places(
    taking: Sequence[DeliveryRelation], beside: Sequence[tuple[int, Proposal, int]]
) -> None:
    names = {_proposal(relation): name_of(relation) for relation in taking}
    own = {relation.pk for relation in taking}
    others = [(proposal, status) for pk, proposal, status in beside if pk not in own]
    check_apart(list(names), [proposal for proposal, _ in others], names)
    by_project = limits_of({relation.project_id for relation in taking})
    limits = {
        relation.product_id: by_project[relation.project_id]
        for relation in taking
        if relation.project_id in by_project
    }
    if limits:
        check_limit(list(names), others, limits, names)


def _situations(
    held: Sequence[DeliveryRelation],
    beside: Sequence[tuple[int, Proposal, int]],
    action: Action,
) -> dict[int, Situation]:
    asks = TRANSITIONS[action].asks_dependents
    bound = bound_relations([relation.pk for relation in held]) if asks else set()
    standing = {proposal: pk for pk, proposal, _status in beside}
    twice = _chosen_twice(held)
    situations = {}
    for relation in held:
        proposal, user = _proposal(relation), relation.distributor.user
        situations[relation.pk] = Situation(
            status=relation.state,
            is_usable=bool(user and user.is_active),
            is_replaced=standing.get(proposal, relation.pk) != relation.pk or proposal in twice,
            is_bound=relation.pk in bound,
        )
    return situations


def _chosen_twice(held: Sequence[DeliveryRelation]) -> set[Proposal]:
    """Dead rows of the same triple: only one of them can come back."""
    counted = Counter(_proposal(relation) for relation in held)
    return {proposal for proposal, number in counted.items() if number > 1}


def _proposal(relation: DeliveryRelation) -> Proposal:
    return Proposal(relation.product_id, relation.distributor_id, relation.path)


def name_of(relation: DeliveryRelation) -> str:
    """Use with `with_names`."""
    return f"{relation.product.item} · {relation.place} · {relation.carrier}"


def _move(held: Sequence[DeliveryRelation], action: Action, *, by: Actor, reason: str) -> None:
    now = timezone.now()
    law = TRANSITIONS[action]
    sources = {relation.pk: relation.state for relation in held}
    values = _new_values(law, reason, now)
    DeliveryRelation.objects.filter(pk__in=sources).update(version=F("version") + 1, **values)
    for relation in held:
        relation.version += 1
        for field, value in values.items():
            setattr(relation, field, value)
    _write_events(held, sources, action, by=by, reason=reason, at=now)
    record_many(
        by=by,
        entries=[_entry(relation, sources[relation.pk], action, by, reason) for relation in held],
    )
    agreed = [relation for relation in held if sources[relation.pk] == Status.AGREED]
    if law.target == Status.VOID and agreed:
        tell_void(agreed, by=by, reason=reason)
    tell_parties(held, sources, action, by=by, reason=reason)


def _new_values(law: Transition, reason: str, at: datetime) -> dict[str, Any]:
    values: dict[str, Any] = {"status": law.target, "reason": reason}
    if law.proposes:
        values |= {"submitted_at": at, "answered_at": None, "voided_at": None}
    elif law.target == Status.SUBMITTED:
        values |= {"answered_at": None}
    elif law.target == Status.VOID:
        values |= {"voided_at": at}
    else:
        values |= {"answered_at": at}
    return values


def _write_events(
    held: Sequence[DeliveryRelation],
    sources: Mapping[int, Status],
    action: Action,
    *,
    by: Actor,
    reason: str,
    at: datetime,
) -> None:
    user: Any = by.user
    RelationEvent.objects.bulk_create(
        [
            RelationEvent(
                relation=relation,
                at=at,
                action=action,
                source=sources[relation.pk],
                target=relation.status,
                actor=user,
                actor_name=by.name,
                enterprise_name=user.enterprise.name,
                reason=reason,
                request_id=current_request_id(),
            )
            for relation in held
        ],
        batch_size=2_000,
    )


def _entry(
    relation: DeliveryRelation, source: Status, action: Action, by: Actor, reason: str
) -> Entry:
    """What was never submitted is nobody's business but the manufacturer's."""
    user: Any = by.user
    never_shown = source == Status.DRAFT and TRANSITIONS[action].target == Status.VOID
    why = f"，原因：{reason}" if reason else ""
    return Entry(
        verb=f"{action.label}配送关系",
        object=name_of(relation),
        sentence=f"{user.enterprise.name}{action.label}配送关系：{name_of(relation)}{why}。",
        path=user.path if never_shown else relation.path,
        project_code=relation.project.code,
        enterprise_id=user.enterprise_id,
    )
