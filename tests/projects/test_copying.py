"""A copy carries the policies, and of the rest what is asked for; of terms only the current ones."""

from decimal import Decimal

import pytest

from apps.accounts.domain.actors import Actor
from apps.projects.domain.copying import CopyOptions, copy_project
from apps.projects.domain.lifecycle import CodeTaken
from apps.projects.domain.refusals import NotAllowed, ProjectRefused
from apps.projects.models import (
    CatalogItem,
    Gate,
    PackRounding,
    Participation,
    Phase,
    ProjectWindow,
    SupplyProvince,
    WinningProduct,
    WinningTerms,
)
from tests.factories_projects import (
    CatalogItemFactory,
    ProjectFactory,
    WinningProductFactory,
    enroll,
    open_windows,
    walk_to,
)

pytestmark = pytest.mark.usefixtures("db", "country")


@pytest.fixture
def model(tree):
    """A published project with a price that was changed once."""
    project = ProjectFactory(
        gate=Gate.STRICT,
        agreed_ratio=Decimal("0.75"),
        chain=["province"],
        pack_rounding=PackRounding.UP,
    )
    CatalogItemFactory(project=project, item_code="A")
    product = WinningProductFactory(
        item__project=project, item__item_code="B", capacity=500, supplied=[tree["42"]]
    )
    WinningTerms.objects.create(
        product=product, version=2, price=Decimal("27.50"), pack=36, daily_usage=9, cut=54
    )
    enroll(project, tree["H42010600001"])
    open_windows(project)
    return walk_to(project, Phase.PUBLISHED)


@pytest.mark.covers("S0-03")
def test_copy_project_carries_everything_asked_for(model, alliance_officer, tree):
    copy = copy_project(
        project=model,
        code="COPY",
        name="第二批",
        options=CopyOptions(),
        by=Actor.of(alliance_officer),
    )

    assert (copy.phase, copy.gate, copy.agreed_ratio, copy.chain, copy.copied_from) == (
        Phase.DRAFT,
        Gate.STRICT,
        Decimal("0.75"),
        ["province"],
        model,
    )
    assert copy.pack_rounding == PackRounding.UP
    assert sorted(copy.items.values_list("item_code", flat=True)) == ["A", "B"]
    product = WinningProduct.objects.get(project=copy)
    assert (product.item.project, product.capacity) == (copy, 500)
    terms = WinningTerms.objects.get(product=product)
    assert (terms.version, terms.price, terms.cut) == (1, Decimal("27.50"), Decimal(54))
    assert SupplyProvince.objects.get(product=product).province == tree["42"]
    assert Participation.objects.get(project=copy).path == tree["H42010600001"].path
    assert ProjectWindow.objects.filter(project=copy).count() == 2


def test_copy_project_leaves_out_what_is_not_asked_for(model, alliance_officer):
    nothing = CopyOptions(catalogue=False, winners=False, windows=False, participants=False)

    copy = copy_project(
        project=model, code="COPY", name="第二批", options=nothing, by=Actor.of(alliance_officer)
    )

    assert copy.agreed_ratio == Decimal("0.75")
    for rows in (CatalogItem, WinningProduct, ProjectWindow, Participation):
        assert not rows.objects.filter(project=copy).exists()


@pytest.mark.parametrize("size", [1, 50])
def test_copy_project_takes_constant_statements(
    size, alliance_officer, django_assert_max_num_queries
):
    project = ProjectFactory()
    for _ in range(size):
        WinningProductFactory(item__project=project)

    with django_assert_max_num_queries(20):
        copy = copy_project(
            project=project, code="COPY", name="第二批", options=CopyOptions(),
            by=Actor.of(alliance_officer),
        )  # fmt: skip

    assert copy.winning_products.count() == size


def test_copy_project_refuses_a_taken_code_and_winners_without_items(model, alliance_officer):
    by = Actor.of(alliance_officer)

    with pytest.raises(CodeTaken):
        copy_project(project=model, code=model.code, name="x", options=CopyOptions(), by=by)
    with pytest.raises(ProjectRefused, match="同时复制目录"):
        copy_project(
            project=model, code="COPY", name="x", options=CopyOptions(catalogue=False), by=by
        )


def test_copy_project_is_the_alliances_alone(model, province_officer):
    with pytest.raises(NotAllowed):
        copy_project(
            project=model,
            code="COPY",
            name="x",
            options=CopyOptions(),
            by=Actor.of(province_officer),
        )
