"""Changes: written by triggers, with the person and the request that made them."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.domain.authorship import authored
from apps.audit.domain.change_triggers import TRACKED
from apps.audit.models import Change
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.registry import background
from apps.jobs.services import enqueue
from apps.organizations.models import Organization
from apps.projects.models import Phase, ProjectWindow
from apps.scope.context import whole_country
from tests.cast import Tree
from tests.factories_projects import ProjectFactory, WinningProductFactory
from tests.net.test_architecture import own_views

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
QUANTITIES = {
    "allocation:pending_list", "allocation:pending_confirm", "allocation:pending_confirm_all",
    "allocation:pending_withdraw", "allocation:selected_list", "allocation:selected_confirm",
    "allocation:selected_confirm_all", "allocation:slot_edit", "allocation:slot_clear", "allocation:slot_move",
    "reporting:demand_edit", "reporting:demand_rows", "reporting:demand_save", "reporting:demand_doubt",
    "reporting:demand_import", "reporting:maintenance_edit", "allocation:pending_fill",
}  # fmt: skip


def changes(kind: str) -> list[Change]:
    with whole_country(reason="test"):
        return list(Change.objects.filter(kind=kind).order_by("pk"))


def test_a_request_leaves_who_changed_a_project_and_in_which_request(
    client_of: ClientOf, alliance_officer: User
) -> None:
    project = ProjectFactory(code="FL-WHO", phase=Phase.DRAFT)

    response = client_of(alliance_officer).post(
        "/projects/FL-WHO/prepare/", headers={"X-Request-ID": "asked-for-1234"}
    )

    assert response.status_code == 302
    (change,) = [row for row in changes("projects.project") if row.operation == "update"]
    assert (change.object_id, change.project_id, change.name) == (
        project.pk,
        project.pk,
        project.name,
    )
    assert (change.before, change.after) == ({"phase": "draft"}, {"phase": "preparing"})
    assert (change.actor_id, change.actor_name) == (alliance_officer.pk, alliance_officer.name)
    assert change.organization_name == alliance_officer.organization.name
    assert change.request_id == "asked-for-1234"


def test_a_job_changes_as_its_owner(tree: Tree, province_officer: User) -> None:
    @background("tests.rename", title="改名")
    def rename(_job: Any) -> None:
        Organization.objects.filter(pk=tree["H42010600001"].pk).update(name="改名医院")

    with whole_country(reason="test"):
        enqueue("tests.rename", by=Actor.of(province_officer), title="改名")
    run_waiting_jobs()

    (change,) = changes("organizations.organization")
    assert (change.actor_id, change.after) == (province_officer.pk, {"name": "改名医院"})


def test_only_views_that_write_quantities_go_without_an_author() -> None:
    marked = {name for name, view in own_views() if getattr(view, "quantities_only", False)}
    assert marked == QUANTITIES


def test_nothing_that_stays_the_same_is_told(tree: Tree) -> None:
    with whole_country(reason="test"):
        unit = Organization.objects.get(pk=tree["H42010600001"].pk)
        unit.save()

    assert changes("organizations.organization") == []


def test_secrets_are_never_kept(hospital_clerk: User) -> None:
    with whole_country(reason="test"):
        hospital_clerk.set_password("Different#2026")
        hospital_clerk.save()
        hospital_clerk.name = "新名字"
        hospital_clerk.save()

    kept = [change for change in changes("accounts.user") if change.object_id == hospital_clerk.pk]
    assert kept[-1].after == {"name": "新名字"}
    assert not any(
        {"password", "last_login"} & set(change.before | change.after) for change in kept
    )


def test_new_rows_and_gone_ones_keep_all_that_they_say() -> None:
    project = ProjectFactory(code="FL-GONE")
    with whole_country(reason="test"):
        ProjectWindow.objects.filter(project=project).delete()
        start = project.created_at
        window = ProjectWindow.objects.create(
            project=project, tier="city", opens_at=start, closes_at=start + timedelta(days=1)
        )
        window.delete()

    made, gone = changes("projects.projectwindow")[-2:]
    assert (made.operation, gone.operation) == ("insert", "delete")
    assert (made.after["tier"], gone.before["tier"]) == ("city", "city")
    assert (made.before, gone.after, made.name) == ({}, {}, "市医保")


def test_new_terms_of_a_winner_are_told_as_a_change_of_price() -> None:
    product = WinningProductFactory()
    with whole_country(reason="test"):
        terms = product.terms.order_by("-version").first()
        before = terms.price
        terms.pk, terms.version, terms.price = None, terms.version + 1, before + 1
        terms.save(force_insert=True)

    (change,) = changes("projects.winningterms")
    assert change.operation == "update"
    assert (change.before["price"], change.after["price"]) == (before, before + 1)
    assert isinstance(change.after["price"], Decimal)
    assert change.project_id == product.project_id


def test_a_change_never_changes(tree: Tree) -> None:
    with whole_country(reason="test"):
        Organization.objects.filter(pk=tree["42"].pk).update(phone="1")
        with pytest.raises(Exception, match="Cannot update"):
            Change.objects.update(name="x")


def test_without_anybody_only_the_request_is_noted(tree: Tree) -> None:
    with whole_country(reason="test"), authored(None):
        Organization.objects.filter(pk=tree["42"].pk).update(phone="1")

    (change,) = changes("organizations.organization")
    assert (change.actor_id, change.actor_name) == (None, "")


def test_every_tracked_table_is_known() -> None:
    assert len(TRACKED) == 20
