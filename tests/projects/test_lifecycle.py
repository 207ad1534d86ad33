"""Create, edit, delete, prepare: who may, what is refused, what the log says."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apps.accounts.domain.actors import Actor
from apps.audit.models import LogEntry
from apps.projects.domain.lifecycle import (
    CodeTaken,
    create_project,
    delete_draft,
    edit_project,
    start_preparation,
)
from apps.projects.domain.refusals import NotAllowed, ProjectFrozen
from apps.projects.models import (
    CatalogItem,
    Gate,
    Phase,
    Project,
    ProjectKind,
    WinningProduct,
    WinningTerms,
)
from tests.factories_projects import ProjectFactory, WinningProductFactory, ready_project, walk_to
from tests.pages import tags

pytestmark = pytest.mark.usefixtures("db", "country")


def last_sentence() -> str:
    return LogEntry.objects.latest("pk").sentence


@pytest.mark.covers("S0-03")
def test_create_project_makes_a_draft_with_defaults(alliance_officer):
    project = create_project(
        by=Actor.of(alliance_officer),
        code="FL-1",
        name="中成药分量",
        kind=ProjectKind.ALLOCATION,
        chain=["province", "county"],
    )

    assert (project.phase, project.pinyin) == (Phase.DRAFT, "zcyfl")
    assert project.chain == ["county", "province"]
    assert (project.share_lowest, project.share_highest, project.share_other) == (
        Decimal(0),
        Decimal("0.3"),
        Decimal("0.7"),
    )
    assert last_sentence() == "新建项目“中成药分量”（FL-1）"


def test_create_project_refuses_a_taken_code(alliance_officer):
    ProjectFactory(code="FL-1")

    with pytest.raises(CodeTaken, match="FL-1"):
        create_project(
            by=Actor.of(alliance_officer), code="FL-1", name="另一个", kind=ProjectKind.ALLOCATION
        )


def test_create_project_is_the_alliances_alone(province_officer):
    with pytest.raises(NotAllowed):
        create_project(
            by=Actor.of(province_officer), code="FL-1", name="省里的", kind=ProjectKind.ALLOCATION
        )

    assert not Project.objects.exists()


def test_edit_project_logs_each_change_with_both_values(alliance_officer):
    project = ProjectFactory(name="旧名")

    edit_project(
        project=project,
        by=Actor.of(alliance_officer),
        name="新名",
        agreed_ratio=Decimal("0.75"),
        gate=Gate.LENIENT,
    )

    project.refresh_from_db()
    assert (project.name, project.pinyin, project.agreed_ratio) == ("新名", "xm", Decimal("0.75"))
    assert last_sentence() == (
        "修改项目“新名”：项目名称由“旧名”改为“新名”；约定比例由“80%”改为“75%”"
    )


def test_edit_project_without_a_change_writes_nothing(alliance_officer):
    project = ProjectFactory()

    edit_project(project=project, by=Actor.of(alliance_officer), name=project.name)

    assert not LogEntry.objects.exists()


def test_edit_project_of_a_published_one_changes_the_description_only(alliance_officer, tree):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)
    by = Actor.of(alliance_officer)

    edit_project(project=project, by=by, description="更正说明")
    with pytest.raises(ProjectFrozen):
        edit_project(project=project, by=by, gate=Gate.STRICT)

    project.refresh_from_db()
    assert (project.description, project.gate) == ("更正说明", Gate.LENIENT)


def test_the_code_is_a_drafts_to_change(alliance_officer):
    project, by = ProjectFactory(code="FL-1"), Actor.of(alliance_officer)
    edit_project(project=project, by=by, code="FL-2")
    walk_to(project, Phase.PREPARING)

    with pytest.raises(ProjectFrozen, match="项目编码只能在草稿阶段修改"):
        edit_project(project=project, by=by, code="FL-3", name="新名")
    edit_project(project=project, by=by, name="新名")

    project.refresh_from_db()
    assert (project.code, project.name) == ("FL-2", "新名")


def test_the_database_keeps_the_code_too():
    project = walk_to(ProjectFactory(code="FL-1"), Phase.PREPARING)

    with pytest.raises(DatabaseError, match="Cannot update rows"), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(code="FL-2")


def test_the_form_offers_the_code_of_a_draft_only(client_of, alliance_officer):
    project = ProjectFactory(code="FL-1")
    client = client_of(alliance_officer)
    (typed,) = tags(
        client.get(f"/projects/{project.code}/edit/").content.decode(), "input", name="code"
    )
    walk_to(project, Phase.PREPARING)
    (shown,) = tags(
        client.get(f"/projects/{project.code}/edit/").content.decode(), "input", name="code"
    )

    assert ("disabled" in typed, "disabled" in shown) == (False, True)


def test_delete_draft_takes_everything_with_it(alliance_officer):
    project = ProjectFactory()
    WinningProductFactory(item__project=project)

    delete_draft(project=project, by=Actor.of(alliance_officer))

    assert not Project.objects.exists()
    assert not WinningTerms.objects.exists()


def test_delete_draft_refuses_any_later_phase(alliance_officer, tree):
    project = ready_project(tree["H42010600001"])

    with pytest.raises(ProjectFrozen, match="筹备"):
        delete_draft(project=project, by=Actor.of(alliance_officer))


def test_start_preparation_happens_once(alliance_officer):
    project = ProjectFactory()
    by = Actor.of(alliance_officer)

    assert start_preparation(project=project, by=by).phase == Phase.PREPARING
    with pytest.raises(ProjectFrozen):
        start_preparation(project=project, by=by)


FROZEN_WRITES = {
    "policy": lambda p: Project.objects.filter(pk=p.pk).update(agreed_ratio=Decimal("0.5")),
    "packs": lambda p: Project.objects.filter(pk=p.pk).update(pack_rounding="up"),
    "name": lambda p: Project.objects.filter(pk=p.pk).update(name="别名"),
    "chain": lambda p: Project.objects.filter(pk=p.pk).update(chain=["province"]),
    "phase back": lambda p: Project.objects.filter(pk=p.pk).update(
        phase=Phase.PREPARING, published_at=None
    ),
    "delete": lambda p: p.delete(),
    "item": lambda p: CatalogItem.objects.filter(project=p).update(daily_usage=3),
    "new item": lambda p: CatalogItem.objects.bulk_create(
        [CatalogItem(project=p, item_code="N", pack_quantity=1, daily_usage=1)]
    ),
    "capacity": lambda p: WinningProduct.objects.filter(project=p).update(capacity=9),
    "product": lambda p: WinningProduct.objects.filter(project=p).delete(),
    "supply": lambda p: WinningProduct.objects.get(project=p).supplies.create(province_id=1),
    "terms": lambda p: WinningTerms.objects.filter(product__project=p).delete(),
    "price": lambda p: WinningTerms.objects.filter(product__project=p).update(price=1),
}


@pytest.mark.parametrize("write", FROZEN_WRITES.values(), ids=FROZEN_WRITES.keys())
def test_database_refuses_to_change_what_is_published(write, tree):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)

    with (
        pytest.raises(DatabaseError, match=r"frozen|Cannot|transition|back_by_two"),
        transaction.atomic(),
    ):
        write(project)


def test_database_lets_windows_and_switches_change_after_publication(tree):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)

    assert project.windows.update(is_on=False) == 3


def test_database_refuses_to_skip_the_preparation():
    project = ProjectFactory()

    with pytest.raises(DatabaseError, match="transition"), transaction.atomic():
        Project.objects.update(phase=Phase.PUBLISHED, published_at=project.created_at)
