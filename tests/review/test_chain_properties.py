"""Whatever people try, in any order, on trees of random depth, with both gates and all three withdrawal policies:
these invariants hold after every step.

1. Frozen means frozen: no filing moves while an ancestor is submitted or approved before the step, unless the same
   step gives that ancestor back (退到机构, 补报 below a package).
2. One event per change, and none for a refusal, a request or its refusal; the version counts the events.
3. A child never moves under a submitted parent: a submitted or approved bureau has no submitted or returned child,
   and under the strict gate no draft one.
4. A filing has at most one open withdrawal request; it is open only while the filing is submitted or approved and
   none of its ancestors is, so that somebody can always answer it. A request is granted only by returning the filing.
5. What the province fills in is never reported by the institution: such a filing is draft, returned, settled, or was
   reported by the province.
6. Each event starts where the one before it ended, and the hash chain agrees with itself.
7. An addition (增补品规) and a correction (更正) give back what was reported, and move nothing else.
8. More time (延期, 故障顺延) moves every end and no filing.
9. Who acts under a mandate (代填授权) moves its unit's filing alone, and is named beside it; once it ended, nothing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import count

import pytest
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from apps.accounts.domain.acting.lent import Lent
from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.accounts.models.roles import Role
from apps.organizations.models import Organization, Tier
from apps.projects.domain.refusals import ProjectRefused
from apps.projects.domain.windows.extending import Cause, extend
from apps.projects.models import (
    CatalogItem,
    Gate,
    Project,
    ProjectWindow,
    ProvinceSettings,
    ReportingMode,
    Withdrawal,
)
from apps.review.domain.kinds import kind_of
from apps.review.domain.mandates.using import find_lent
from apps.review.domain.performing import perform
from apps.review.domain.proving import differences
from apps.review.domain.refusals import ReviewRefused
from apps.review.domain.returning import packages_over, return_through
from apps.review.domain.returns.deadlines import proposed
from apps.review.domain.rounds.adding import add_item
from apps.review.domain.rounds.supplementing import supplement_filings
from apps.review.domain.withdrawals.acts import ask_withdrawal, grant_withdrawal, refuse_withdrawal
from apps.review.models import Filing, FilingEvent, Mandate, WithdrawalRequest
from apps.review.models.statuses import EDITABLE, FROZEN, SETTLED, Action, Status
from tests.cast import Tree
from tests.correcting import addition, corrected
from tests.factories import account_of, sub_account_of
from tests.factories_projects import CatalogItemFactory
from tests.review.lending import lent
from tests.review.planting import move_window, planted, register_paper
from tests.review.random_trees import CHAINS, grow_tree

BY_REVIEWER = (
    Action.APPROVE,
    Action.UNAPPROVE,
    Action.RETURN,
    Action.GRANT,
    Action.REPORT_FOR,
    Action.LAPSE,
    Action.RESTORE,
)
MOVES = (Action.SUBMIT, Action.WITHDRAW, *BY_REVIEWER)
ASK, REFUSE, THROUGH, ADD, CORRECT, EXTEND = "ask", "refuse", "through", "add", "correct", "extend"
OF_UNITS = (Action.SETTLE, Action.UNSETTLE)
FROM_ABOVE = (
    THROUGH,
    ADD,
    CORRECT,
    EXTEND,
    Action.SUPPLEMENT,
    Action.CONCLUDE,
    Action.REOPEN,
    *OF_UNITS,
)
"""What the alliance does on filings of any depth, with whatever has to be given back for it."""
ANYTHING = (*MOVES, ASK, REFUSE, *FROM_ABOVE)
LIKELY = {
    Status.DRAFT: (Action.SUBMIT, Action.SUBMIT, Action.REPORT_FOR, Action.LAPSE, Action.SETTLE),
    Status.RETURNED: (Action.SUBMIT, Action.REPORT_FOR, Action.RESTORE),
    Status.SUBMITTED: (Action.APPROVE, Action.APPROVE, ASK, Action.GRANT, REFUSE, Action.WITHDRAW),
    Status.APPROVED: (
        ASK,
        ADD,
        CORRECT,
        Action.GRANT,
        Action.RETURN,
        Action.UNAPPROVE,
        THROUGH,
        Action.REOPEN,
    ),
    Status.LAPSED: (Action.SUPPLEMENT, Action.UNSETTLE),
}
"""What is tried half of the time, so that rounds get far and requests are answered."""
numbers = count(1)
Filings = dict[int, Filing]
Lending = tuple[User, Lent]
"""Who fills in for a unit, and under what."""


@contextmanager
def undone() -> Iterator[None]:
    """Run the block in a transaction that is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def snapshot(project: Project) -> Filings:
    rows = Filing.objects.of_project(project).select_related("parent")
    return {filing.pk: filing for filing in rows}


def holders(filing: Filing, filings: Filings) -> set[int]:
    """The submitted or approved filings above."""
    found, parent = set(), filings.get(filing.parent_id or 0)
    while parent:
        if parent.state in FROZEN:
            found.add(parent.pk)
        parent = filings.get(parent.parent_id or 0)
    return found


def frozen_above(filing: Filing, filings: Filings) -> bool:
    return bool(holders(filing, filings))


def check_step(before: Filings, after: Filings, *, strict: bool) -> list[int]:
    """Invariants 1 to 3; returns the filings that moved."""
    moved = [pk for pk in after if after[pk].status != before[pk].status]
    for pk in moved:
        assert all(after[held].state not in FROZEN for held in holders(before[pk], before))
        assert after[pk].version == before[pk].version + 1
    assert [pk for pk in after if after[pk].version != before[pk].version] == moved
    unsettled = EDITABLE | {Status.SUBMITTED} if strict else {Status.SUBMITTED, Status.RETURNED}
    for filing in after.values():
        parent = after.get(filing.parent_id or 0)
        if parent and parent.state in FROZEN:
            assert filing.state not in unsettled
    return moved


def check_requests(project: Project, filings: Filings) -> list[int]:
    """Invariant 4; returns the filings that wait for an answer."""
    waiting = WithdrawalRequest.objects.filter(filing__project=project).open()
    asked = list(waiting.values_list("filing_id", flat=True))
    assert len(asked) == len(set(asked))
    for pk in asked:
        assert filings[pk].state in FROZEN
        assert not frozen_above(filings[pk], filings)
    return sorted(asked)


def check_maintained(filings: Filings, people: dict[int, User]) -> None:
    """Invariant 5."""
    for filing in filings.values():
        if filing.maintained and filing.state not in EDITABLE | SETTLED:
            reporter = filing.submitted_by_id
            assert reporter != people[filing.organization_id].pk


def check_history(project: Project, filings: Filings) -> None:
    """Invariant 6."""
    status = dict.fromkeys(filings, Status.DRAFT.value)
    events = FilingEvent.objects.filter(filing__project=project).order_by("filing_id", "sequence")
    for each in events:
        assert each.source == status[each.filing_id]
        status[each.filing_id] = each.target
    assert status == {pk: filing.status for pk, filing in filings.items()}
    assert list(differences(project)) == []


def from_above(act: str, chosen: list[Filing], alliance: User) -> Callable[[], object]:
    """The alliance's act on filings of any depth; each tier has its own deadline."""
    by, first, now = Actor.of(alliance), chosen[0], timezone.now()
    until = proposed(Tier.values, last=now + timedelta(days=5), now=now)
    end = until.pop(Tier.INSTITUTION)
    if act == THROUGH:
        ends = {**until, Tier.INSTITUTION: end}
        return lambda: return_through(first, by=by, reason="核对", deadlines=ends)
    if act == Action.SUPPLEMENT:
        packages = [package.pk for package in packages_over(chosen, by)]
        told = {"reason": "断网", "closes_at": end, "packages": packages, "deadlines": until}
        return lambda: supplement_filings(chosen, by=by, **told)  # type: ignore[arg-type]
    if act in OF_UNITS:
        return lambda: perform(chosen, Action(act), by=by, reason="停业，自 2026-11-30")
    if act == ADD:
        units, ends = tuple(filing.path for filing in chosen), {**until, Tier.INSTITUTION: end}
        item = addition(item_code=f"Z{next(numbers)}", units=units, deadlines=ends)
        return lambda: add_item(project=first.project, wanted=item, by=by)
    if act in {CORRECT, EXTEND}:
        project = first.project
        return lambda: (
            correct_pack(project, chosen, alliance) if act == CORRECT else prolong(project, by)
        )
    root = Filing.objects.filter(project=first.project_id, parent=None, tier=Tier.ALLIANCE)
    return lambda: perform(list(root), Action(act), by=by, reason="核对", confirmed=True)


def correct_pack(project: Project, chosen: list[Filing], alliance: User) -> None:
    """Of the catalogue's one item, on which those institutions rest that were chosen."""
    paper = kind_of(project)
    paper.resting = [filing.pk for filing in chosen if filing.is_institution]  # type: ignore[attr-defined]
    item = CatalogItem.objects.get(project=project, item_code="P0001")
    corrected(project, alliance, item, pack_quantity=item.pack_quantity + 1)


def prolong(project: Project, by: Actor) -> None:
    """By a day, those that ended yesterday as well."""
    before = ends_of(project)
    day = timedelta(days=1)
    extend(project=project, span=day, cause=Cause.FAULT, reason="停电", reopens=True, by=by)
    assert ends_of(project) == {tier: end + day for tier, end in before.items()}


def ends_of(project: Project) -> dict[str, datetime]:
    return dict(ProjectWindow.objects.filter(project=project).values_list("tier", "closes_at"))


def attempt(
    act: str,
    chosen: list[Filing],
    people: dict[int, User],
    alliance: User,
    *,
    deputy: bool,
    filling: Lending | None = None,
) -> Callable[[], object]:
    """What the person whose turn it would be does; a request or an answer concerns the first filing only.

    `deputy`: the alliance does it in that unit's place (上级代办). `filling`: who fills in for it by mandate does.
    """
    if act in FROM_ABOVE:
        return from_above(act, chosen, alliance)
    first = chosen[0]
    reviewer = first.parent.organization_id if first.parent else first.organization_id
    filer = Actor.of(people[first.organization_id])
    above = Actor.of(people[reviewer])
    if deputy:
        filer, above = (
            Actor.of(alliance).acting_for(person.organization, reason="代办")  # type: ignore[arg-type]
            for person in (filer, above)
        )
    if filling is not None:
        holder, under = filling
        filer = under.actor(holder, arrived_at=timezone.now())
    request = WithdrawalRequest.objects.filter(filing=first).order_by("-pk").first()
    if act == ASK:
        return lambda: ask_withdrawal(first, by=filer, reason="填错了") and []
    if act == REFUSE:
        return lambda: request and refuse_withdrawal(request, by=above, answer="无误") and []
    if act == Action.GRANT and request:
        return lambda: [grant_withdrawal(request, by=above)]
    by = above if act in BY_REVIEWER else filer
    return lambda: perform(chosen, Action(act), by=by, reason="核对", confirmed=True)


def check_mandate(project: Project, filling: Lending, *, since: int) -> None:
    """Invariant 9, of the events by who fills in for others alone."""
    holder, under = filling
    events = FilingEvent.objects.filter(filing__project=project, actor=holder, pk__gt=since)
    for each in events.select_related("filing"):
        assert Mandate.objects.live().filter(pk=under.pk).exists()
        assert each.filing.organization_id == under.organization.pk
        assert each.on_behalf_of == under.organization.name
        assert each.organization_name == str(holder.organization)


def end_of(filling: Lending) -> None:
    over = Mandate.objects.filter(pk=filling[1].pk, ended_at__isnull=True)
    over.update(ended_at=timezone.now(), ended_by="终止")


def lendings(
    project: Project, institutions: list[Organization], people: dict[int, User]
) -> dict[int, Lending]:
    """By unit, who may fill in and report for it: an account that does nothing else."""
    unit, *lenders = institutions
    main = people[unit.pk]
    holder = sub_account_of(
        main, username=f"m{next(numbers)}", permission_subset=["query", "maintain", "report"]
    )
    made = lent(lenders, holder, project, may_report=True)
    found = ((mandate.organization_id, find_lent(holder, mandate.pk)) for mandate in made)
    return {pk: (holder, under) for pk, under in found if under is not None}


def people_of(units: list[Organization]) -> dict[int, User]:
    held = {user.organization_id: user for user in User.objects.filter(role__in=Role.values)}
    for unit in units:
        if unit.pk not in held:
            held[unit.pk] = account_of(unit, username=f"u{unit.pk}")
    return held  # type: ignore[return-value]


def drawn_project(
    tree: Tree, units: list[Organization], data: st.DataObject, **policies: str
) -> Project:
    """Any chain; the province of most units may fill in itself."""
    return planted(
        units,
        code=f"P{next(numbers)}",
        chain=data.draw(st.sampled_from(CHAINS), label="chain"),
        **policies,
        before_planting=lambda project: prepare(project, tree, data),
    )


def prepare(project: Project, tree: Tree, data: st.DataObject) -> None:
    CatalogItemFactory.create(project=project, item_code="P0001")
    if data.draw(st.booleans(), label="province 42 fills in"):
        ProvinceSettings.objects.create(
            project=project,
            province=tree["42"],
            path=tree["42"].path,
            chain=["province"],
            mode=ReportingMode.MAINTAINED,
        )


@pytest.mark.covers("S0-24", "S0-28", "S2-09", "S2-10", "S3-23", "S3-24", "S3-26", "S3-28")
@pytest.mark.parametrize("gate", Gate.values)
@pytest.mark.parametrize("withdrawal", Withdrawal.values)
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(data=st.data())
def test_the_chain_keeps_its_invariants(
    tree: Tree, country: object, gate: str, withdrawal: str, data: st.DataObject
) -> None:
    del country
    register_paper()
    with undone():
        grown = grow_tree(tree, data)
        project = drawn_project(
            tree,
            [*grown.institutions],
            data,
            gate=gate,
            institution_withdrawal=withdrawal,
            bureau_withdrawal=data.draw(st.sampled_from(Withdrawal.values), label="bureaus"),
        )
        people = people_of([*tree.values(), *grown.bureaus, *grown.institutions])
        alliance = people[tree["0"].pk]
        if data.draw(st.booleans(), label="filling is over"):
            now = timezone.now()
            move_window(project, Tier.INSTITUTION, now - timedelta(3), now - timedelta(1))
        lending = lendings(project, [*grown.institutions], people)
        filings, asked = snapshot(project), list[int]()
        for _step in range(data.draw(st.integers(10, 40), label="steps")):
            ids = st.lists(st.sampled_from(sorted(filings)), min_size=1, max_size=3, unique=True)
            chosen = [filings[pk] for pk in data.draw(ids)]
            if asked and data.draw(st.booleans(), label="answer"):
                chosen.insert(0, filings[data.draw(st.sampled_from(asked))])
            likely = LIKELY.get(chosen[0].state, ANYTHING)
            act = data.draw(st.sampled_from(likely) | st.sampled_from(ANYTHING))
            same_tier = [each for each in chosen if each.parent_id == chosen[0].parent_id]
            deputy = data.draw(st.booleans(), label="in place")
            filling = lending.get(chosen[0].organization_id) if deputy else None
            filling = filling if data.draw(st.booleans(), label="by mandate") else None
            if filling and data.draw(st.integers(0, 9), label="it ends") == 0:
                end_of(filling)
            told = FilingEvent.objects.filter(filing__project=project)
            events, last = told.count(), told.aggregate(last=Max("pk"))["last"] or 0
            try:
                with transaction.atomic():
                    attempt(act, same_tier, people, alliance, deputy=deputy, filling=filling)()
            except (ReviewRefused, ProjectRefused):
                pass
            before, filings = filings, snapshot(project)
            moved = check_step(before, filings, strict=gate == Gate.STRICT)
            event(f"{act}: {'moved' if moved else 'nothing moved'}")
            after = told.count()
            assert after == events + len(moved)
            assert act != EXTEND or moved == []
            assert act not in {ADD, CORRECT} or all(
                filings[pk].state == Status.RETURNED for pk in moved
            )
            if filling:
                check_mandate(project, filling, since=last)
            asked = check_requests(project, filings)
            check_maintained(filings, people)
        check_history(project, filings)
