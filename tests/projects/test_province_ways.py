"""报量和审核方式: who fills in is the province's to choose, in 筹备 only (S2-07, S2-10)."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.projects.domain.chains import ChainInvalid, province_ways, set_province_chain
from apps.projects.domain.refusals import ProjectFrozen
from apps.projects.models import (
    Phase,
    Project,
    ProjectKind,
    ProvinceSettings,
    ReportingMode,
)
from tests.cast import Tree
from tests.factories_projects import walk_to
from tests.pages import shown, tags
from tests.review.planting import draft_project, register_paper

MAINTAINED = ReportingMode.MAINTAINED


@pytest.fixture
def preparing(tree: Tree, country: object) -> Project:
    del country
    register_paper()
    return draft_project([tree["H42010600001"]])


def choose(project: Project, tree: Tree, person: User) -> None:
    set_province_chain(
        project=project,
        province=tree["42"],
        chain=["county", "city", "province"],
        mode=MAINTAINED,
        by=Actor.of(person),
    )


@pytest.mark.covers("S2-07", "S2-10")
def test_a_province_that_fills_in_reviews_alone(
    preparing: Project, tree: Tree, province_officer: User
) -> None:
    choose(preparing, tree, province_officer)

    ways = province_ways(preparing, tree["42"])
    assert (ways.mode, ways.chain) == (MAINTAINED, ("province",))
    assert province_ways(preparing, tree["14"]).mode == ReportingMode.INSTITUTIONS
    entry = LogEntry.objects.get(verb="设置报量和审核方式")
    assert "省医保代为填报" in entry.sentence


def test_the_database_keeps_it_so(preparing: Project, tree: Tree, province_officer: User) -> None:
    choose(preparing, tree, province_officer)

    with (
        pytest.raises(IntegrityError, match="province_that_fills_in_reviews_alone"),
        transaction.atomic(),
    ):
        ProvinceSettings.objects.update(chain=["city", "province"])


def test_allocation_is_the_institutions_own(
    preparing: Project, tree: Tree, province_officer: User
) -> None:
    Project.objects.filter(pk=preparing.pk).update(kind=ProjectKind.ALLOCATION)

    with pytest.raises(ChainInvalid, match="分量"):
        choose(preparing, tree, province_officer)


def test_after_publication_it_is_fixed(
    preparing: Project, tree: Tree, province_officer: User
) -> None:
    walk_to(preparing, Phase.PUBLISHED)

    with pytest.raises(ProjectFrozen, match="筹备"):
        choose(preparing, tree, province_officer)


@pytest.mark.covers("S2-07", "S2-10")
def test_the_page_sets_mode_chain_and_returns(
    preparing: Project,
    tree: Tree,
    province_officer: User,
    client_of: Callable[[User], Client],
) -> None:
    client, url = client_of(province_officer), "/projects/PAPER/province/"

    page = client.get(url).content.decode()
    client.post(url, {"mode": "maintained", "chain": ["city", "province"]} | shown(client, url))
    maintained = province_ways(preparing, tree["42"])
    client.post(url, {"mode": "institutions", "chain": ["county", "province"]} | shown(client, url))
    own = province_ways(preparing, tree["42"])
    client.post(url, {"mode": "institutions", "chain": ["city", "province"]} | shown(client, url))

    assert {tag["value"] for tag in tags(page, "input", name="mode")} == {
        "institutions",
        "maintained",
    }
    assert (maintained.mode, maintained.chain) == (MAINTAINED, ("province",))
    assert own.chain == ("county", "province")
    assert not ProvinceSettings.objects.exists()
    refused = client.post(url, {"mode": "institutions", "chain": ["city"]} | shown(client, url))
    assert "审核层级必须包含省医保" in refused.content.decode()
