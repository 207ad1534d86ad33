"""代填授权: who may give it to whom, what it lends, what is recorded, and what ends it at once."""

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlencode

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.acting.lent import lent_to
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import change_own_password, reset_password, set_active
from apps.accounts.domain.proofs import ProofMissing
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.audit.models import LogEntry
from apps.notices.models import Message, MessageKind
from apps.organizations.domain.units import set_unit_active
from apps.projects.models import Project
from apps.review.domain.mandates.acts import MandateRefused, end_mandate, grant_mandate
from apps.review.models import Filing, FilingEvent, Mandate
from apps.review.models.statuses import Status
from apps.scope.context import enter, whole_country
from apps.scope.database import rows
from tests import factories
from tests import factories_demand as demand
from tests.cast import Tree
from tests.factories import PASSWORD
from tests.pages import tags
from tests.review.lending import HOLDER, LENDER, THIRD, Pair, lend, pair_of

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def pair(tree: Tree, alliance_officer: User, hospital_clerk: User) -> Pair:
    cache.clear()
    return pair_of(tree, alliance_officer, hospital_clerk)


def under(mandate: Mandate, path: str) -> str:
    return f"/for/{mandate.pk}{path}"


def sheet(pair: Pair, mandate: Mandate, more: str = "") -> str:
    return under(mandate, f"/demand/{pair.project.code}/entry/{more}")


def saved(client: Client, url: str, pair: Pair, quantity: str):
    item = demand.items_of(pair.project)["P0001"].pk
    body = {"rows": [[item, quantity, "", 0, False]]}
    return client.post(
        url, body, content_type="application/json", headers={"Accept": "application/json"}
    )


def log_of(verb: str) -> list[LogEntry]:
    with whole_country(reason="test"):
        return list(LogEntry.objects.filter(verb=verb))


class TestGiving:
    def test_by_the_page_with_a_password(self, pair: Pair, client_of: ClientOf):
        client = client_of(pair.lender)
        typed = {
            "username": pair.holder.username,
            "unit_name": "武昌区中医医院",
            "ends_on": f"{timezone.localdate() + timedelta(3)}",
        }
        page = f"/review/{pair.project.code}/mandates/grant/"

        asked = client.post(page, typed)
        assert "密码" in asked.content.decode()
        assert log_of("代填授权") == []
        given = client.post(page, typed | {"proof": PASSWORD}, follow=True)

        assert "武昌区中医医院" in given.content.decode()
        (told,) = log_of("代填授权")
        assert (told.organization_name, told.path) == ("武昌区人民医院", pair.lender.path)
        with whole_country(reason="test"):
            message = Message.objects.get(path=pair.holder.path, kind=MessageKind.ACCOUNT)
        assert message.url == "/review/mandates/held/"

    def test_without_a_password_it_is_not_given(self, pair: Pair):
        with enter(scope_of(pair.lender)), pytest.raises(ProofMissing):
            grant_mandate(
                project=pair.project,
                username=pair.holder.username,
                unit_name="武昌区中医医院",
                may_report=False,
                ends_at=timezone.now() + timedelta(1),
                by=Actor.of(pair.lender),
            )

    @pytest.mark.parametrize(
        "told",
        [
            {"username": "nobody"},
            {"unit_name": "武昌区医院"},
            {"username": LENDER, "unit_name": "武昌区人民医院"},
            {"username": "county420106", "unit_name": "武昌区"},
            {"username": "H14010500001", "unit_name": "小店区人民医院"},
        ],
    )
    def test_to_nobody_but_another_institution_of_the_province(
        self, pair: Pair, told: dict[str, str], county_reviewer: User, neighbour_clerk: User
    ):
        with pytest.raises(MandateRefused, match="没有找到可以授权的账号"):
            lend(pair, **told)

    def test_once_while_it_lives_and_for_a_year_at_most(self, pair: Pair):
        lend(pair)
        with pytest.raises(MandateRefused, match="已经授权"):
            lend(pair)
        with pytest.raises(MandateRefused, match="一年以内"):
            lend(pair, ends_at=timezone.now() + timedelta(400))

    def test_not_by_a_bureau(self, pair: Pair, county_reviewer: User):
        with pytest.raises(MandateRefused, match="只有医疗机构"):
            lend(pair, by=county_reviewer)


class TestActing:
    def test_every_page_says_whose_sheet_it_is(self, pair: Pair, client_of: ClientOf):
        mandate, client = lend(pair), client_of(pair.holder)

        page = client.get(sheet(pair, mandate)).content.decode()

        (line,) = tags(page, "div", data_acting="")
        assert line.words.startswith("您正在代武昌区人民医院填报“测试药品报量”，只能填写")
        assert f'data-save="{sheet(pair, mandate, "save/")}"' in page
        assert f'href="/for/{mandate.pk}/demand/{pair.project.code}/results/"' in page
        assert 'href="/review/mandates/held/"' in page
        held = client.get("/review/mandates/held/").content.decode()
        assert f'href="{sheet(pair, mandate)}"' in held
        assert "您正在代" not in client.get(f"/demand/{pair.project.code}/entry/").content.decode()

    def test_what_is_saved_stands_in_the_right_sheet_and_once_in_the_log(
        self, pair: Pair, tree: Tree, client_of: ClientOf
    ):
        mandate, client = lend(pair), client_of(pair.holder)

        answers = [saved(client, sheet(pair, mandate, "save/"), pair, n) for n in ("100", "100")]
        own = saved(client, f"/demand/{pair.project.code}/entry/save/", pair, "7")

        assert [answer.status_code for answer in (*answers, own)] == [200, 200, 200]
        lines = [demand.line_of(pair.project, tree[code], "P0001") for code in (LENDER, HOLDER)]
        assert [line.planned if line else None for line in lines] == [100, 7]
        (told,) = log_of("代填")
        assert told.sentence.endswith("填写“测试药品报量”：P0001 测试片1 5mg×28片 100 片")
        assert (told.actor_id, told.organization_name) == (pair.holder.pk, "武昌区中医医院")
        assert (told.on_behalf_of, told.path) == ("武昌区人民医院", pair.lender.path)

    def test_reporting_only_where_it_was_given_and_both_are_named(
        self, pair: Pair, tree: Tree, client_of: ClientOf
    ):
        client = client_of(pair.holder)
        demand.planned(pair.project, tree[LENDER], {"P0001": 0, "P0002": 0})
        mandate = lend(pair)
        client.post(sheet(pair, mandate), {"act": "report", "version": "0"})
        assert _status(pair, tree) == Status.DRAFT
        with enter(scope_of(pair.lender)):
            end_mandate(mandate_id=mandate.pk, by=Actor.of(pair.lender))
        mandate = lend(pair, may_report=True)

        client.post(sheet(pair, mandate), {"act": "report", "version": "0"})

        assert _status(pair, tree) == Status.SUBMITTED
        with whole_country(reason="test"):
            event = FilingEvent.objects.get(action="submit")
        assert (event.actor_id, event.organization_name, event.on_behalf_of) == (
            pair.holder.pk,
            "武昌区中医医院",
            "武昌区人民医院",
        )
        (told,) = log_of("上报")
        assert (told.organization_name, told.on_behalf_of) == ("武昌区中医医院", "武昌区人民医院")

    def test_another_round_and_another_unit_stay_shut(
        self, pair: Pair, tree: Tree, client_of: ClientOf, alliance_officer: User
    ):
        mandate, client = lend(pair), client_of(pair.holder)
        other = demand.demand_project([tree[LENDER], tree[HOLDER]], code="BL2", items=1)
        demand.published(other, alliance_officer)
        shut = [
            under(mandate, f"/demand/{other.code}/entry/"),
            under(mandate, "/accounts/sub-accounts/"),
            under(mandate, "/accounts/security/"),
            under(mandate, "/"),
            under(mandate, "/api/"),
            under(mandate, f"/demand/{pair.project.code}/results/export/"),
            under(mandate, f"/review/{pair.project.code}/mandates/grant/"),
        ]

        assert {client.get(url).status_code for url in shut} == {403}
        third = client_of(factories.account_of(tree[THIRD], name="冯三院"))
        refused = third.get(sheet(pair, mandate))
        assert (refused.status_code, "不是给您的" in refused.content.decode()) == (403, True)
        asked = Client().get(sheet(pair, mandate))
        assert asked["Location"] == f"/accounts/login/?{urlencode({'next': sheet(pair, mandate)})}"
        for page in ("/accounts/login/", "/metrics", "/healthz"):
            assert Client().get(under(mandate, page)).status_code == 403

    def test_a_sub_account_gets_no_right_that_was_withheld(self, pair: Pair):
        reader = factories.sub_account_of(pair.holder, name="只读")
        with pytest.raises(MandateRefused, match="没有找到"):
            lend(pair, username=reader.username)


def _status(pair: Pair, tree: Tree) -> Status:
    return Status(demand.filing_of(pair.project, tree[LENDER]).status)


class TestScope:
    """Managers and, below them, the database: the unit's rows of this project."""

    def test_what_hangs_on_no_project_is_not_lent(
        self, pair: Pair, tree: Tree, alliance_officer: User
    ):
        other = demand.demand_project([tree[LENDER]], code="BL2", items=1)
        demand.published(other, alliance_officer)
        lent = lent_to(pair.holder, lend(pair).pk)
        assert lent is not None

        with enter(lent.scope(pair.holder)):
            assert [f.organization_id for f in Filing.objects.all()] == [tree[LENDER].pk]
            assert [p.code for p in Project.objects.all()] == [pair.project.code]
            assert not User.objects.exists()
            assert not Message.objects.exists()
            assert not LogEntry.objects.exists()
            paths = rows("SELECT DISTINCT path FROM review_filing WHERE tier = 'institution'")
            assert paths == [(pair.lender.path,)]
            assert rows("SELECT count(*) FROM review_mandate") == [(1,)]
        account = lent.account(pair.holder)
        assert account.permissions == {Permission.QUERY, Permission.MAINTAIN}
        assert pair.holder.organization_id == tree[HOLDER].pk

    def test_a_mandate_is_seen_by_both_and_by_who_stands_above(
        self, pair: Pair, tree: Tree, county_reviewer: User, neighbour_clerk: User
    ):
        lend(pair)
        third = factories.account_of(tree[THIRD], name="冯三院")
        for person, number in (
            (pair.lender, 1), (pair.holder, 1), (county_reviewer, 1), (third, 0), (neighbour_clerk, 0),
        ):  # fmt: skip
            with enter(scope_of(person)):
                assert Mandate.objects.count() == number
                assert rows("SELECT count(*) FROM review_mandate") == [(number,)]


class TestEnding:
    def test_an_old_tab_is_told_and_writes_nothing(
        self, pair: Pair, tree: Tree, client_of: ClientOf
    ):
        mandate, client = lend(pair), client_of(pair.holder)
        client_of(pair.lender).post(f"/review/{pair.project.code}/mandates/{mandate.pk}/end/")

        answer = saved(client, sheet(pair, mandate, "save/"), pair, "9")
        page = client.post(sheet(pair, mandate), {"act": "keep"})

        assert (answer.status_code, page.status_code) == (409, 403)
        assert "已经结束" in answer.json()["message"]
        assert "已经结束" in page.content.decode()
        for code in (LENDER, HOLDER):
            assert demand.line_of(pair.project, tree[code], "P0001") is None
        (told,) = log_of("终止代填授权")
        assert told.path == pair.lender.path

    def test_by_a_bureau_above_but_not_by_who_holds_it(self, pair: Pair, county_reviewer: User):
        mandate = lend(pair)
        with enter(scope_of(pair.holder)), pytest.raises(MandateRefused):
            end_mandate(mandate_id=mandate.pk, by=Actor.of(pair.holder))
        with enter(scope_of(county_reviewer)):
            assert end_mandate(mandate_id=mandate.pk, by=Actor.of(county_reviewer))
            assert not end_mandate(mandate_id=mandate.pk, by=Actor.of(county_reviewer))
        assert lent_to(pair.holder, mandate.pk) is None

    @pytest.mark.parametrize("what", ["reset", "shut", "unit", "lender", "lender_unit"])
    def test_with_what_it_rests_on(
        self, pair: Pair, tree: Tree, what: str, county_reviewer: User, province_officer: User
    ):
        mandate, by = lend(pair), Actor.of(province_officer)
        with enter(scope_of(province_officer)):
            if what == "reset":
                seen = pair.holder.password_changed_at
                reset_password(by=Actor.of(county_reviewer), account_id=pair.holder.pk, seen=seen)
            elif what in {"shut", "lender"}:
                shut = pair.holder if what == "shut" else pair.lender
                set_active(by=by, account_id=shut.pk, active=False)
            else:
                unit = tree[HOLDER if what == "unit" else LENDER]
                set_unit_active(by=by, unit_id=unit.pk, active=False)

        assert lent_to(pair.holder, mandate.pk) is None
        with whole_country(reason="test"):
            mandate.refresh_from_db()
        assert mandate.ended_at is not None

    def test_ones_own_new_password_ends_nothing(self, pair: Pair):
        mandate = lend(pair)
        with enter(scope_of(pair.holder)):
            change_own_password(by=Actor.of(pair.holder), new="Rain-Boat-5521x")
        assert lent_to(pair.holder, mandate.pk) is not None

    def test_with_its_date(self, pair: Pair, client_of: ClientOf):
        mandate = lend(pair)
        with time_machine.travel(timezone.now() + timedelta(days=5, minutes=1)):
            client = client_of(pair.holder)
            assert client.get(sheet(pair, mandate)).status_code == 403
            lend(pair)
        assert log_of("代填授权")[-1].object == "武昌区人民医院"


class TestReading:
    def test_lists(self, pair: Pair, client_of: ClientOf, county_reviewer: User):
        lend(pair)
        page = f"/review/{pair.project.code}/mandates/"

        own = client_of(pair.lender).get(page).content.decode()
        above = client_of(county_reviewer).get(f"{page}?unit=人民").content.decode()
        none = client_of(county_reviewer).get(f"{page}?unit=中医").content.decode()
        held = client_of(pair.holder).get(page).content.decode()

        assert "终止" in own
        assert "授权代填" in own
        assert "徐代填" in above
        assert "终止" in above
        assert "授权代填" not in above
        assert "徐代填" not in none
        assert "没有代填授权" in held
        found = client_of(pair.holder).get("/review/mandates/held/?unit=人民").content.decode()
        assert "武昌区人民医院" in found
