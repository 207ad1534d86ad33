"""What the list of relations shows a viewer: which rows, which columns, which acts; derived from the machine."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from apps.accounts.models.roles import Permission, Role
from apps.distribution.domain.relations.machine import TRANSITIONS, Party, RelationAct
from apps.distribution.models import DeliveryRelation
from apps.distribution.models.relation_statuses import Action, Status

CAP = 1_000
PARTY_OF: Mapping[str, Party] = {Role.MANUFACTURER: "manufacturer", Role.DISTRIBUTOR: "distributor"}
HIDDEN: Mapping[str, tuple[str, ...]] = {
    Role.MANUFACTURER: ("manufacturer",),
    Role.DISTRIBUTOR: ("carrier",),
}


@dataclass(frozen=True, slots=True)
class Button:
    """One act on a selection or on one relation; its dialog has the id of the action."""

    action: Action

    @property
    def act(self) -> RelationAct:
        return TRANSITIONS[self.action].act

    @property
    def value(self) -> str:
        return self.action.value

    @property
    def label(self) -> str:
        return str(self.action.label)

    @property
    def reason_required(self) -> bool:
        """Whether a reason is needed wherever the act is taken."""
        law = TRANSITIONS[self.action]
        return law.reason_from == law.sources

    @property
    def reason_name(self) -> str:
        return f"reason-{self.action.value}"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A figure above the list, and the filter that shows its rows; `number` counts to the cap."""

    label: str
    number: int
    query: str
    tone: str

    @property
    def text(self) -> str:
        return f"{CAP:,}+" if self.number > CAP else f"{self.number:,}"


def rows_for(user: Any) -> QuerySet[Any]:
    """The relations that the viewer's page lists."""
    rows = DeliveryRelation.objects.all()
    if user.role == Role.MANUFACTURER:
        rows = rows.of_manufacturer(user.enterprise_id)
    elif user.role == Role.DISTRIBUTOR:
        rows = rows.of_distributor(user.path)
    return rows.with_names().order_by("-pk")


def acts_for(user: Any) -> list[Button]:
    """The acts of the viewer's party, in the order of the law; none without the right."""
    party = PARTY_OF.get(user.role)
    if party is None or not user.has(Permission.DELIVERY):
        return []
    return [Button(action) for action, law in TRANSITIONS.items() if law.party == party]


def hidden_columns(user: Any) -> tuple[str, ...]:
    selectable = () if acts_for(user) else ("select",)
    return (*HIDDEN.get(user.role, ()), *selectable)


def waiting_for(user: Any) -> list[Waiting]:
    """What stands above the list: what asks the viewer to do something, and what the viewer waits for."""
    waiting = todos_for(user)
    if user.role == Role.MANUFACTURER:
        waits = rows_for(user).filter(status=Status.SUBMITTED)
        waiting.insert(1, _waiting("待对方响应", waits, "status=1"))
    return waiting


def todos_for(user: Any) -> list[Waiting]:
    """What asks the viewer to do something; counted no further than the cap, one statement each."""
    rows: Any = rows_for(user)
    if user.role == Role.DISTRIBUTOR:
        proposed = rows.filter(status=Status.SUBMITTED)
        return [_waiting("待响应", proposed, "status=1", tone="warning")]
    if user.role == Role.MANUFACTURER:
        counts = _by_status(rows, Status.DRAFT, Status.REFUSED)
        return [
            _counted("未提交", counts[Status.DRAFT], "status=0"),
            _counted("已拒绝", counts[Status.REFUSED], "status=3", tone="warning"),
            _waiting("需更换", rows.to_replace(), "need=replace", tone="warning"),
        ]
    return []


def _by_status(rows: QuerySet[Any], *statuses: Status) -> Counter[int]:
    """How many stand where, each counted to the cap; one statement."""
    parts = [
        rows.filter(status=status).order_by().values_list("status", flat=True)[: CAP + 1]
        for status in statuses
    ]
    return Counter(parts[0].union(*parts[1:], all=True))


def _waiting(label: str, rows: QuerySet[Any], query: str, tone: str = "") -> Waiting:
    return _counted(label, rows.order_by()[: CAP + 1].count(), query, tone)


def _counted(label: str, number: int, query: str, tone: str = "") -> Waiting:
    return Waiting(label, number, f"?{query}", tone if number else "")


def fitting(rows: QuerySet[Any], action: Action) -> QuerySet[Any]:
    """Those of the selection that the act could move at all."""
    return rows.filter(status__in=TRANSITIONS[action].sources)


def mover_of(user: Any, wanted: str) -> Action | None:
    """The act asked for, if it is one of the viewer's."""
    return next((act.action for act in acts_for(user) if act.value == wanted), None)


def done_sentence(action: Action, relations: Sequence[Any]) -> str:
    return f"已{action.label} {len(relations):,} 条配送关系。"
