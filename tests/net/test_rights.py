"""Services ask for the right themselves, whatever the view before them asked (sub-accounts hold a part of the rights).

Each act is tried by a sub-account of the right unit that holds every right of its role but the one that the act needs:
refused by name, and nothing is written. With that right alone beside `query` it is not refused for want of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.accounts.domain import issuing, passwords
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.authenticators import lift_factor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import SheetKind, User
from apps.accounts.models.roles import ROLE_PERMISSIONS, Permission, Role
from apps.allocation.domain.confirming import confirm_pending, confirm_selected, withdraw_pending
from apps.allocation.domain.slots.exhausting import move_exhausted
from apps.allocation.domain.slots.picking import pick_enterprise
from apps.allocation.domain.slots.saving import clear_slot, save_slot
from apps.allocation.domain.volumes.acts import compute_volumes, remove_volumes, save_volumes
from apps.allocation.models import Slot
from apps.analysis.domain.saved_views import ViewRefused, save_view
from apps.audit.models import LogEntry
from apps.exchange.domain.dry_run import DryRun
from apps.notices.models import NoticeKind
from apps.notices.services import Content, NoticeRefused, create_notice
from apps.organizations.domain import enterprises, unit_import, units
from apps.organizations.models import Tier
from apps.portal.domain.addressing import Addressee, AddressRefused, write_to
from apps.projects.domain.catalogue.acts import remove_items, remove_winners, save_catalogue
from apps.projects.domain.chains import set_province_chain
from apps.projects.domain.copying import CopyOptions, copy_project
from apps.projects.domain.lifecycle import (
    create_project,
    delete_draft,
    edit_project,
    start_preparation,
)
from apps.projects.domain.participants.acts import add_participant, remove_participants
from apps.projects.domain.refusals import NotAllowed, ProjectRefused
from apps.projects.domain.windows.acts import drop_province_window, set_province_window, set_window
from apps.projects.domain.windows.supplements import grant_supplement
from apps.projects.models import CatalogItem, Obligation, Participation, Phase, WinningProduct
from apps.review.domain.refusals import NotEditable, NotYourTurn, ReviewRefused
from apps.review.domain.rounds.concluding import close_project, conclude_project
from apps.review.domain.rounds.publishing import publish_project
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_allocation as make
from tests.factories_projects import ProjectFactory, ready_project, walk_to

pytestmark = pytest.mark.django_db
P = Permission
NOW = timezone.now()
SPAN = {"opens_at": NOW, "closes_at": NOW + timedelta(days=2), "is_on": True}
CONTENT = Content(kind=NoticeKind.NOTICE, title="通知", body="正文")
HOSPITAL = "H42010600001"


@dataclass
class Stage:
    """One project in each phase that matters, and an institution's row in a published one."""

    tree: Any
    draft: Any
    preparing: Any
    running: Any
    clerk: User

    @property
    def row(self) -> Any:
        return make.row_of(self.running, self.tree[HOSPITAL], make.UNSELECTED)

    @property
    def filing(self) -> Any:
        return make.filing_of(self.running, self.tree[HOSPITAL])


@pytest.fixture
def stage(tree: Any, alliance_officer: User, hospital_clerk: User) -> Stage:
    with whole_country(reason="test"):
        draft = ProjectFactory(code="DRAFT")
        preparing = walk_to(ready_project(tree[HOSPITAL], code="PREPARING"), Phase.PREPARING)
    running = make.allocation_project([tree[HOSPITAL]], code="RUNNING")
    make.worked_products(running)
    make.volume(running, tree[HOSPITAL], make.UNSELECTED, 12_503)
    make.volume(running, tree[HOSPITAL], "C", 8_003)
    make.published(running, alliance_officer)
    return Stage(tree, draft, preparing, running, hospital_clerk)


@dataclass(frozen=True)
class Act:
    """Who does it, with which right, how, and how it is refused without."""

    main: str
    right: Permission
    refusal: type[Exception]
    run: Callable[[Stage, Actor], Any]


def of_projects(main: str, right: Permission, run: Callable[[Stage, Actor], Any]) -> Act:
    return Act(main, right, NotAllowed, run)


def by_alliance(run: Callable[[Stage, Actor], Any]) -> Act:
    return of_projects("alliance_officer", P.MANAGE, run)


def by_province(run: Callable[[Stage, Actor], Any]) -> Act:
    return of_projects("province_officer", P.MAINTAIN, run)


def of_round(run: Callable[[Stage, Actor], Any]) -> Act:
    return Act("alliance_officer", P.MANAGE, NotYourTurn, run)


def of_units(main: str, run: Callable[[Stage, Actor], Any]) -> Act:
    return Act(main, P.MANAGE_ACCOUNTS, units.UnitRefused, run)


def of_clerk(run: Callable[[Stage, Actor], Any]) -> Act:
    return Act("hospital_clerk", P.MAINTAIN, NotEditable, run)


def of_accounts(right: Permission, run: Callable[[Stage, Actor], Any]) -> Act:
    return Act("province_officer", right, passwords.RightMissing, run)


ACTS = {
    "save a view": Act(
        "city_reviewer",
        P.QUERY,
        ViewRefused,
        lambda s, by: save_view(project=s.running, name="视图", query="", by=by),
    ),
    "create project": by_alliance(
        lambda _, by: create_project(by=by, code="NEW", name="新", kind="allocation")
    ),
    "edit project": by_alliance(lambda s, by: edit_project(project=s.draft, by=by, name="改")),
    "delete draft": by_alliance(lambda s, by: delete_draft(project=s.draft, by=by)),
    "prepare": by_alliance(lambda s, by: start_preparation(project=s.draft, by=by)),
    "copy": by_alliance(
        lambda s, by: copy_project(
            project=s.running, code="C", name="副本", options=CopyOptions(), by=by
        )
    ),
    "save catalogue": by_alliance(
        lambda s, by: save_catalogue(project=s.draft, outcome=DryRun(), by=by)
    ),
    "remove items": by_alliance(
        lambda s, by: remove_items(project=s.draft, items=CatalogItem.objects.all(), by=by)
    ),
    "remove winners": by_alliance(
        lambda s, by: remove_winners(project=s.draft, products=WinningProduct.objects.all(), by=by)
    ),
    "window": by_alliance(lambda s, by: set_window(project=s.draft, tier=Tier.CITY, by=by, **SPAN)),
    "choose participants": by_alliance(
        lambda s, by: add_participant(
            project=s.draft, organization=s.tree[HOSPITAL], obligation=Obligation.REQUIRED, by=by
        )
    ),
    "province removes": by_province(
        lambda s, by: remove_participants(
            project=s.preparing, participations=Participation.objects.all(), by=by
        )
    ),
    "province window": by_province(
        lambda s, by: set_province_window(
            project=s.preparing, province=s.tree["42"], tier=Tier.INSTITUTION, by=by, **SPAN
        )
    ),
    "no province window": by_province(
        lambda s, by: drop_province_window(
            project=s.preparing, province=s.tree["42"], tier=Tier.CITY, by=by
        )
    ),
    "province chain": by_province(
        lambda s, by: set_province_chain(
            project=s.preparing, province=s.tree["42"], chain=["province"], by=by
        )
    ),
    "alliance sets a chain": by_alliance(
        lambda s, by: set_province_chain(
            project=s.preparing, province=s.tree["42"], chain=["province"], by=by
        )
    ),
    "supplement": of_projects(
        "province_officer",
        P.REVIEW,
        lambda s, by: grant_supplement(
            project=s.running,
            organization=s.tree[HOSPITAL],
            opens_at=NOW,
            closes_at=NOW + timedelta(days=2),
            reason="补",
            by=by,
        ),
    ),
    "publish": of_round(lambda s, by: publish_project(s.preparing, by=by)),
    "close": of_round(lambda s, by: close_project(s.running, by=by)),
    "conclude": of_round(lambda s, by: conclude_project(s.running, by=by, confirmed=True)),
    "save volumes": of_round(lambda s, by: save_volumes(project=s.draft, volumes=[], by=by)),
    "compute volumes": of_round(lambda s, by: compute_volumes(project=s.draft, by=by)),
    "remove volumes": of_round(
        lambda s, by: remove_volumes(project=s.draft, rows=s.row.__class__.objects.all(), by=by)
    ),
    "pick": of_round(
        lambda s, by: pick_enterprise(
            project=s.draft,
            product_group="组",
            slot=Slot.LOWEST,
            enterprise=factories.EnterpriseFactory(),
            by=by,
        )
    ),
    "save slot": of_clerk(
        lambda s, by: save_slot(row=s.row, slot=Slot.OTHER, contracts={}, project=s.running, by=by)
    ),
    "clear slot": of_clerk(
        lambda s, by: clear_slot(row=s.row, slot=Slot.OTHER, project=s.running, by=by)
    ),
    "move exhausted": of_clerk(
        lambda s, by: move_exhausted(row=s.row, slot=Slot.OTHER, project=s.running, by=by)
    ),
    "confirm selected": of_clerk(
        lambda s, by: confirm_selected(filing=s.filing, project=s.running, by=by)
    ),
    "confirm pending": of_clerk(lambda s, by: confirm_pending(row=s.row, project=s.running, by=by)),
    "withdraw pending": of_clerk(
        lambda s, by: withdraw_pending(row=s.row, project=s.running, by=by)
    ),
    "add unit": of_units(
        "province_officer",
        lambda s, by: units.add_institution(
            by=by, parent_id=s.tree["420106"].pk, code="H42010600099", facts=units.Facts("新医院")
        ),
    ),
    "edit unit": of_units(
        "province_officer",
        lambda s, by: units.edit_unit(
            by=by, unit_id=s.tree[HOSPITAL].pk, facts=units.Facts("改名")
        ),
    ),
    "shut unit": of_units(
        "province_officer",
        lambda s, by: units.set_unit_active(by=by, unit_id=s.tree[HOSPITAL].pk, active=False),
    ),
    "password address": of_units("province_officer", lambda _, by: units.drop_password_url(by=by)),
    "import units": of_units(
        "province_officer", lambda _, by: unit_import.save_units(DryRun(), by=by)
    ),
    "import enterprises": of_units(
        "alliance_officer", lambda _, by: enterprises.save_enterprises(DryRun(), by=by)
    ),
    "write a notice": Act(
        "city_reviewer",
        P.REVIEW,
        NoticeRefused,
        lambda _, by: create_notice(by=by, content=CONTENT, publish=True),
    ),
    "write to units": Act(
        "city_reviewer",
        P.REVIEW,
        AddressRefused,
        lambda s, by: write_to(
            Addressee.UNREPORTED, by=by, title="请上报", body="请尽快。", project=s.running
        ),
    ),
    "issue": Act(
        "province_officer",
        P.MANAGE_ACCOUNTS,
        issuing.NothingToIssue,
        lambda s, by: issuing.issue_now(
            by=by, kind=SheetKind.UNITS, target_ids=[s.tree["420100"].pk]
        ),
    ),
    "reset": of_accounts(
        P.RESET_PASSWORDS,
        lambda s, by: passwords.reset_password(by=by, account_id=s.clerk.pk, seen=None),
    ),
    "reset many": Act(
        "province_officer",
        P.RESET_PASSWORDS,
        issuing.NothingToIssue,
        lambda s, by: issuing.issue_now(
            by=by, kind=SheetKind.RESETS, target_ids=[s.clerk.pk], seen=NOW
        ),
    ),
    "unlock": of_accounts(
        P.RESET_PASSWORDS, lambda s, by: passwords.unlock_account(by=by, account_id=s.clerk.pk)
    ),
    "lift the factor": of_accounts(
        P.RESET_PASSWORDS, lambda s, by: lift_factor(by=by, account_id=s.clerk.pk)
    ),
    "disable": of_accounts(
        P.MANAGE_ACCOUNTS,
        lambda s, by: passwords.set_active(by=by, account_id=s.clerk.pk, active=False),
    ),
}


OF_SYSTEM = {"edit unit", "import enterprises", "import units"}
OF_ACCOUNTS = (passwords.RightMissing, issuing.NothingToIssue)
REFUSALS = (ProjectRefused, ReviewRefused, units.UnitRefused, passwords.ResetTwice)


def refusal_of(run: Callable[[], Any]) -> str:
    """The sentence of a refusal for another reason than rights; empty if it was done."""
    try:
        run()
    except REFUSALS as refused:
        return str(refused)
    return ""


def sub_account(main: User, rights: set[Permission]) -> User:
    return factories.sub_account_of(main, permission_subset=sorted(rights))


@pytest.mark.covers("S0-14")
@pytest.mark.parametrize("name", ACTS)
def test_without_the_right_the_service_refuses(name: str, stage: Stage, request: Any) -> None:
    act = ACTS[name]
    main = request.getfixturevalue(act.main)
    account = sub_account(main, set(ROLE_PERMISSIONS[main.role]) - {act.right})
    with whole_country(reason="test"):
        before = LogEntry.objects.count()

    with enter(scope_of(account)), pytest.raises(act.refusal):
        act.run(stage, Actor.of(account))

    with whole_country(reason="test"):
        assert LogEntry.objects.count() == before


@pytest.mark.parametrize("name", ACTS)
def test_with_the_right_it_is_not_for_want_of_it(name: str, stage: Stage, request: Any) -> None:
    act = ACTS[name]
    main = request.getfixturevalue(act.main)
    rights = {P.QUERY, act.right}
    if act.refusal in OF_ACCOUNTS:  # in reach are those from whose rights nothing was withheld
        rights |= ROLE_PERMISSIONS[Role.INSTITUTION] | ROLE_PERMISSIONS[Role.CITY]
    account = sub_account(main, rights & ROLE_PERMISSIONS[main.role])

    with enter(scope_of(account)):
        said = refusal_of(lambda: act.run(stage, Actor.of(account)))

    assert "权限" not in said


@pytest.mark.parametrize("name", ACTS)
@pytest.mark.parametrize("person", ["administrator", "system_administrator", "auditor"])
def test_an_administrator_decides_no_business(
    name: str, person: str, stage: Stage, request: Any
) -> None:
    """安全: accounts, 系统: units' contacts; nothing else, even with the whole country open (`/admin/`)."""
    act = ACTS[name]
    keeps = act.refusal is passwords.RightMissing and person == "administrator"
    if keeps or (name in OF_SYSTEM and person == "system_administrator"):
        return
    refusal = passwords.NotBelow if act.refusal is passwords.RightMissing else act.refusal

    with whole_country(reason="admin"), pytest.raises(refusal):
        act.run(stage, Actor.of(request.getfixturevalue(person)))
