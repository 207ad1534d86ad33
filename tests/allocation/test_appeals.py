"""申诉 on volumes and designations: an institution's rows, an enterprise's products."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models.roles import Role
from apps.allocation.domain.appeals import find_designation, find_product, find_row, find_share
from apps.review.models import Appeal
from apps.scope.context import enter
from tests import factories
from tests.review.appealing import answered, appealed
from tests.stopping import stopped

pytestmark = pytest.mark.usefixtures("country")


def test_an_institutions_row_and_who_was_designated(worked, neighbour_clerk) -> None:
    row = worked.row()

    volume = find_row(worked.project, worked.by, row.pk)
    named = find_designation(worked.project, worked.by, row.pk)

    assert "填报量 12,503、约定采购量 10,002" in volume.said
    assert (volume.about, volume.answerer.path) == ("volume", "/0/")
    assert volume.at == named.at == worked.project.published_at
    assert (named.about, "降幅最高：" in named.said) == ("designation", True)
    assert find_row(worked.project, Actor.of(neighbour_clerk), row.pk) is None
    assert find_designation(worked.project, Actor.of(neighbour_clerk), row.pk) is None


def test_a_volume_that_a_stop_moved_was_decided_by_it(reported, alliance_officer) -> None:
    stop = stopped(reported.project, alliance_officer, reported.products["C"])

    stop.refresh_from_db()
    assert find_row(reported.project, reported.by, reported.row("C").pk).at == stop.at


def test_an_enterprise_appeals_for_its_own_product_alone(
    reported, manufacturer_agent, alliance_officer, client_of, tree
) -> None:
    project, product = reported.project, reported.products["A"]
    assert find_product(project, Actor.of(manufacturer_agent), product.pk) is None
    other = reported.products["B"]
    maker = factories.enterprise_account(product.enterprise, Role.MANUFACTURER, tree["0"])
    by = Actor.of(maker)
    with enter(scope_of(maker)):
        volume, share = find_product(project, by, product.pk), find_share(project, by, product.pk)
        assert find_share(project, by, other.pk) is None
    assert volume.said.startswith("协议采购量合计 ")
    assert (volume.about, share.about) == ("volume", "designation")

    appeal = appealed(project, maker, product.pk, what="product")
    assert (appeal.enterprise, appeal.filing, appeal.path) == (product.enterprise, None, maker.path)
    with enter(scope_of(maker)):
        assert Appeal.objects.get() == appeal
    assert answered(appeal, alliance_officer).closed_by == alliance_officer
    lists = client_of(maker).get(f"/review/{project.code}/appeals/").content.decode()
    assert f"/appeals/{appeal.pk}/" in lists


def test_links_stand_where_the_things_are_shown(worked, client_of) -> None:
    client, code, row = client_of(worked.clerk), worked.project.code, worked.row()

    pending = client.get(f"/allocation/{code}/pending/").content.decode()
    slot = client.get(f"/allocation/{code}/pending/{row.pk}/highest/").content.decode()
    selected = client.get(f"/allocation/{code}/selected/").content.decode()

    assert f"/review/{code}/appeals/row/{row.pk}/" in pending
    assert f"/review/{code}/appeals/designation/{row.pk}/" in slot
    assert f"/review/{code}/appeals/row/{worked.row('C').pk}/" in selected


def test_an_enterprise_may_appeal_for_a_product_without_an_agreement(
    worked, client_of, tree
) -> None:
    product, code = worked.products["A"], worked.project.code
    maker = factories.enterprise_account(product.enterprise, Role.MANUFACTURER, tree["0"])

    page = client_of(maker).get(f"/allocation/{code}/agreements/").content.decode()

    assert f"/review/{code}/appeals/share/{product.pk}/" in page
    assert f"/review/{code}/appeals/share/{worked.products['B'].pk}/" not in page
