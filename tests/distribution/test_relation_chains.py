"""Sub-distribution chains: within the province, without a circle, set and withdrawn by the upper one."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.audit.models import LogEntry
from apps.distribution.domain.relations.chains import end_link, set_link
from apps.distribution.domain.relations.refusals import ChainRefused, NotYourTurn
from apps.distribution.models import ChainLink
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_relations as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def carriers(tree):
    return [make.distributor(tree["42"], f"荆楚{n}配送有限公司") for n in range(4)]


def link(upper, lower):
    user = make.user_of(upper.pk)
    with enter(scope_of(user)):
        return set_link(lower.pk, by=Actor.of(user))


@pytest.mark.covers("S4-03")
def test_a_chain_is_set_logged_and_withdrawn(carriers):
    first, second, _, _ = carriers
    made = link(first, second)
    user = make.user_of(first.pk)

    with pytest.raises(ChainRefused, match="已经是"):
        link(first, second)
    with enter(scope_of(user)):
        end_link(made.pk, by=Actor.of(user))
        with pytest.raises(ChainRefused, match="已经撤销"):
            end_link(made.pk, by=Actor.of(user))
    assert link(first, second).pk != made.pk
    with whole_country(reason="test"):
        verbs = list(
            LogEntry.objects.filter(verb__contains="下级")
            .values_list("verb", flat=True)
            .order_by("pk")
        )
    assert verbs == ["设置下级配送企业", "撤销下级配送企业", "设置下级配送企业"]


@pytest.mark.covers("S4-03")
def test_no_chain_is_a_circle(carriers):
    first, second, third, fourth = carriers
    for upper, lower in ((first, second), (second, third), (first, third), (third, fourth)):
        link(upper, lower)

    for upper, lower in ((second, first), (third, first), (fourth, first), (fourth, second)):
        with pytest.raises(ChainRefused, match="一个圈"):
            link(upper, lower)
    with pytest.raises(ChainRefused):
        link(first, first)
    with whole_country(reason="test"):
        assert ChainLink.objects.in_force().count() == 4


def test_the_database_refuses_a_circle_and_another_province(carriers, tree):
    first, second, third, _ = carriers
    link(first, second)
    link(second, third)
    stranger = make.distributor(tree["14"], "晋配送有限公司")

    def written(upper, lower):
        with whole_country(reason="test"), transaction.atomic():
            ChainLink.objects.create(
                province=tree["42"], upper=upper, lower=lower, path=upper.path,
                set_by=make.user_of(upper.pk),
            )  # fmt: skip

    with pytest.raises(IntegrityError, match="chain_circle"):
        written(third, first)
    with pytest.raises(IntegrityError, match="chain_one_province"):
        written(first, stranger)
    with pytest.raises(IntegrityError, match="chain_circle"):
        written(first, first)


def test_only_enabled_ones_of_the_province_by_who_has_the_right(carriers, tree):
    first, second, third, _ = carriers
    make.set_enabled(second, active=False)
    stranger = make.distributor(tree["14"], "晋配送有限公司")
    clerk = factories.sub_account_of(make.user_of(first.pk), permission_subset=["query", "area"])

    for lower in (second, stranger):
        with pytest.raises(ChainRefused, match="不是本省启用的"):
            link(first, lower)
    with enter(scope_of(clerk)), pytest.raises(NotYourTurn):
        set_link(third.pk, by=Actor.of(clerk))


def test_the_page_shows_one_s_own_links_both_ways(
    carriers, client_of, province_officer, neighbour_officer
):
    first, second, third, fourth = carriers
    link(first, second)
    link(third, fourth)
    url, add = reverse("distribution:chain_list"), reverse("distribution:chain_add")

    mine = client_of(make.user_of(first.pk)).get(url).content.decode()
    lower = client_of(make.user_of(second.pk))
    theirs = lower.get(url).content.decode()
    assert ("撤销下级</a>" in mine, "撤销下级</a>" in theirs) == (True, False)
    assert first.enterprise.name in theirs
    assert third.enterprise.name not in theirs
    lower.post(add, {"lower": fourth.pk, "note": "支线"})
    with whole_country(reason="test"):
        made = ChainLink.objects.get(upper=second)
    assert lower.post(reverse("distribution:chain_end", args=[made.pk])).status_code == 302
    with whole_country(reason="test"):
        assert not ChainLink.objects.in_force().filter(pk=made.pk).exists()
    assert (
        "圈"
        in lower.post(add, {"lower": first.pk}, follow=True).content.decode().split("<table")[0]
    )
    assert third.enterprise.name in client_of(province_officer).get(url).content.decode()
    assert third.enterprise.name not in client_of(neighbour_officer).get(url).content.decode()


def test_a_link_of_another_can_not_be_withdrawn(carriers, client_of):
    first, second, third, _ = carriers
    made = link(first, second)

    client_of(make.user_of(third.pk)).post(reverse("distribution:chain_end", args=[made.pk]))

    with whole_country(reason="test"):
        assert ChainLink.objects.in_force().filter(pk=made.pk).exists()


def test_the_sub_distributor_is_found_by_name_initials_or_code(carriers, client_of, tree):
    first, second, *_ = carriers
    url = reverse("distribution:chain_choose")
    make.distributor(tree["14"], "并州配送有限公司")
    client = client_of(make.user_of(first.pk))
    everybody = client.get(url).content.decode()
    assert second.enterprise.name in everybody
    assert "并州" not in everybody
    assert first.enterprise.name not in everybody.split("<main")[1].split('type="radio"', 1)[1]

    found = client.get(url, {"find": second.enterprise.uscc[-6:]}).content.decode()
    assert found.count('type="radio"') == 1
    assert "没有找到配送企业" in client.get(url, {"find": "没有这家"}).content.decode()
