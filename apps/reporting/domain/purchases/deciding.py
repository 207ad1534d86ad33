"""The province decides on 历史数有误, one or many at once; the institutions are told (S2-07c).

Invariants: a doubt is decided once; after a decision the purchase history says what was decided; nobody's baseline
changes after its report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.audit.services import Entry, record_many
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.organizations.models import Tier
from apps.projects.models import Project
from apps.reporting.domain.purchases.frozen import hold_units
from apps.reporting.domain.refusals import DoubtRefused
from apps.reporting.models import MOST, DoubtState, HistoryDoubt, PurchaseHistory

DECIDERS = (Tier.PROVINCE, Tier.ALLIANCE)
LONGEST_ANSWER = 300
DECIDED = ("decided", "state", "answer", "decided_at", "decided_by")
Place = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Decision:
    """`corrects` to what the institution says, or to `number` for a single doubt; else the standing number is kept."""

    corrects: bool
    answer: str = ""
    number: int | None = None


@transaction.atomic
def decide_doubts(
    *, project: Project, doubts: Sequence[int], decision: Decision, by: Actor
) -> list[HistoryDoubt]:
    """Decide open doubts by id, all of them or none; returns them decided.

    Raises `DoubtRefused`: not the province's, decided before, nothing said; `HistoryFrozen` naming who has reported.
    """
    _check(decision, doubts)
    doubted = list(_doubts(project, doubts))
    _check_place(doubted, doubts, by)
    hold_units(project, {doubt.filing.organization_id for doubt in doubted})
    held = list(_doubts(project, doubts).select_for_update(of=("self",), no_key=True))
    if any(doubt.state != DoubtState.OPEN for doubt in held):
        raise DoubtRefused("勾选的疑问中有的已经核定过了，请刷新页面。")
    standing = _standing(project, held)
    for doubt in held:
        _decide(doubt, decision, standing, by)
    if decision.corrects:
        _correct(project, held)
    HistoryDoubt.objects.bulk_update(held, DECIDED, batch_size=1_000)
    record_many(by=by, entries=[_entry(project, doubt) for doubt in held])
    send_letters(_letters(project, held), kind=MessageKind.HISTORY, by=by)
    return held


def _check(decision: Decision, doubts: Sequence[int]) -> None:
    if not doubts:
        raise DoubtRefused("请先勾选要核定的疑问。")
    if not decision.corrects and not decision.answer.strip():
        raise DoubtRefused("维持原数时请填写核定意见。")
    if decision.number is not None and not 0 <= decision.number <= MOST:
        raise DoubtRefused("请填写正确的采购量。")
    if decision.number is not None and len(doubts) > 1:
        raise DoubtRefused("核定数只能在勾选一条时填写；勾选多条时按机构所报更正。")


def _check_place(held: Sequence[HistoryDoubt], asked: Sequence[int], by: Actor) -> None:
    place = by.organization
    if place is None or place.tier not in DECIDERS or not by.may(Permission.REVIEW):
        raise DoubtRefused("历史采购量由省医保核定。")
    if len(held) != len(set(asked)) or any(not d.path.startswith(place.path) for d in held):
        raise DoubtRefused("勾选的疑问中有的已不存在，请刷新页面。")


def _doubts(project: Project, ids: Sequence[int]) -> QuerySet[HistoryDoubt]:
    rows = HistoryDoubt.objects.filter(pk__in=list(ids), filing__project=project)
    return rows.select_related("filing__organization", "item").order_by("pk")


def _standing(project: Project, doubts: Sequence[HistoryDoubt]) -> dict[Place, int]:
    rows = PurchaseHistory.objects.filter(
        project=project,
        organization__in={doubt.filing.organization_id for doubt in doubts},
        item__in={doubt.item_id for doubt in doubts},
    )
    quantities = rows.values_list("organization_id", "item_id", "year", "quantity")
    return {(unit, item, year): quantity for unit, item, year, quantity in quantities}


def _decide(
    doubt: HistoryDoubt, decision: Decision, standing: Mapping[Place, int], by: Actor
) -> None:
    now = standing.get((doubt.filing.organization_id, doubt.item_id, doubt.year), 0)
    corrected = doubt.claimed if decision.number is None else decision.number
    doubt.decided = corrected if decision.corrects else now
    doubt.state = DoubtState.CORRECTED if decision.corrects else DoubtState.KEPT
    doubt.answer = decision.answer.strip()[:LONGEST_ANSWER]
    doubt.decided_at, doubt.decided_by = timezone.now(), by.user


def _correct(project: Project, doubts: Sequence[HistoryDoubt]) -> None:
    PurchaseHistory.objects.bulk_create(
        [
            PurchaseHistory(
                project=project,
                organization_id=doubt.filing.organization_id,
                item_id=doubt.item_id,
                year=doubt.year,
                path=doubt.path,
                quantity=doubt.decided or 0,
            )
            for doubt in doubts
        ],
        batch_size=5_000,
        update_conflicts=True,
        unique_fields=["project", "organization", "item", "year"],
        update_fields=["quantity"],
    )


def outcome_in_words(doubt: HistoryDoubt) -> str:
    """`阿托伐他汀 2025 年采购量更正为 3,000`."""
    verb = "更正为" if doubt.state == DoubtState.CORRECTED else "维持"
    opinion = f"，核定意见：{doubt.answer}" if doubt.answer else ""
    return f"{doubt.item} {doubt.year} 年采购量{verb} {doubt.decided:,}{opinion}"


def _entry(project: Project, doubt: HistoryDoubt) -> Entry:
    name = doubt.filing.organization.name
    return Entry(
        verb="核定历史采购量",
        object=str(doubt.item),
        sentence=f"核定历史采购量（“{project.name}”）：{name}的{outcome_in_words(doubt)}",
        path=doubt.path,
        project_code=project.code,
    )


def _letters(project: Project, doubts: Sequence[HistoryDoubt]) -> list[Letter]:
    """One for each institution, whatever the number of its doubts."""
    by_path: dict[str, list[HistoryDoubt]] = {}
    for doubt in doubts:
        by_path.setdefault(doubt.path, []).append(doubt)
    url = reverse("reporting:doubt_list", args=[project.code])
    return [
        Letter(
            path=path,
            title=f"历史采购量核定结果（{len(own):,} 条）：{project.name}",
            body="；".join(outcome_in_words(doubt) for doubt in own),
            url=url,
            project_id=project.pk,
        )
        for path, own in by_path.items()
    ]
