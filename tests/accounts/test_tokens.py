"""接口令牌: shown once, within the account, ended by its owner, by who manages the account, and with the password."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import change_own_password, set_active
from apps.accounts.domain.proofs import ProofMissing
from apps.accounts.domain.scopes import scope_of
from apps.accounts.domain.tokens.acts import (
    TokenRefused,
    create_token,
    end_token_below,
    tokens_managed_by,
)
from apps.accounts.domain.tokens.admitting import admit
from apps.accounts.models import Token
from apps.audit.models import LogEntry
from apps.organizations.domain.units import set_unit_active
from apps.scope.context import enter, whole_country
from tests import factories
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

SECURITY = "/accounts/security/"
NEW = "/accounts/security/tokens/new/"
TOLD = {"name": "HIS", "rights": ["query"], "project_ids": None, "networks": [], "days": 30}


def token_of(person, **wanted):
    by = replace(Actor.of(person), proved=True)
    with enter(scope_of(person)):
        return create_token(by=by, **(TOLD | wanted))


def is_good(secret, address="10.0.0.1"):
    return admit(secret, address) is not None


class TestMaking:
    def test_the_page_shows_it_once_and_keeps_its_digest(self, client_of, hospital_clerk):
        client = client_of(hospital_clerk)
        typed = {
            "name": "HIS 接口",
            "permissions": ["query", "maintain"],
            "days": "30",
            "proof": PASSWORD,
        }

        page = client.post(NEW, typed).content.decode()

        secret = re.search(r"flt_[\w-]{43}", page).group()
        assert is_good(secret)
        listed = client.get(SECURITY).content.decode()
        assert "HIS 接口" in listed
        assert secret not in listed
        assert secret[:10] in listed
        with whole_country(reason="test"):
            token = Token.objects.get()
            entry = LogEntry.objects.get(verb="生成接口令牌")
        assert secret not in f"{token.digest}{entry.sentence}"
        assert entry.sentence == "生成了接口令牌“HIS 接口”，权限：查询、维护，有效 30 天。"

    def test_it_asks_for_the_password_again(self, client_of, hospital_clerk):
        client = client_of(hospital_clerk)

        client.post(NEW, {"name": "HIS", "permissions": ["query"], "days": "30"})

        with whole_country(reason="test"):
            assert not Token.objects.exists()
        with enter(scope_of(hospital_clerk)), pytest.raises(ProofMissing):
            create_token(by=Actor.of(hospital_clerk), **TOLD)

    @pytest.mark.parametrize(
        ("wanted", "said"),
        [
            ({"rights": ["review"]}, "令牌的权限不能超出本账号的权限"),
            ({"rights": []}, "令牌的权限不能超出本账号的权限"),
            ({"days": 91}, "有效期最长 90 天"),
            ({"project_ids": [1]}, "不在本账号的范围内"),
        ],
    )
    def test_nothing_beyond_the_account(self, hospital_clerk, wanted, said):
        hospital_clerk.password_changed_at = timezone.now()
        hospital_clerk.save(update_fields=["password_changed_at"])

        with pytest.raises(TokenRefused, match=said):
            token_of(hospital_clerk, **wanted)

    def test_a_name_stands_once_while_it_lives(self, hospital_clerk):
        token, _ = token_of(hospital_clerk, days=1)
        with pytest.raises(TokenRefused, match="已有名为“HIS”的令牌"):
            token_of(hospital_clerk)

        with time_machine.travel(timezone.now() + timedelta(days=2)):
            token_of(hospital_clerk)
        with whole_country(reason="test"):
            assert Token.objects.get(pk=token.pk).ended_by == "到期"

    def test_odd_addresses_are_refused_in_words(self, client_of, hospital_clerk):
        typed = {"name": "HIS", "permissions": ["query"], "days": "3", "networks": "10.0.0.0/40"}

        page = client_of(hospital_clerk).post(NEW, typed | {"proof": PASSWORD}).content.decode()

        assert "“10.0.0.0/40”不是 IP 地址或网段。" in page


class TestUse:
    def test_only_from_its_addresses(self, hospital_clerk):
        _, secret = token_of(hospital_clerk, networks=["10.20.0.0/16", "2001:db8::/32"])

        assert is_good(secret, "10.20.3.4")
        assert is_good(secret, "::ffff:10.20.3.4")
        assert is_good(secret, "2001:db8::1")
        assert not is_good(secret, "10.21.0.1")
        assert not is_good(secret, "")

    def test_it_says_when_and_where_from(self, hospital_clerk):
        token, secret = token_of(hospital_clerk)

        is_good(secret, "10.0.0.9")

        with whole_country(reason="test"):
            used = Token.objects.get(pk=token.pk)
        assert used.last_used_at is not None
        assert used.last_address == "10.0.0.9"

    def test_rights_are_those_of_the_account_as_it_is_then(self, city_reviewer):
        sub = factories.sub_account_of(city_reviewer, permission_subset=["query", "review"])
        _, secret = token_of(sub, rights=["query", "review"])
        with whole_country(reason="test"):
            sub.permission_subset = ["query"]
            sub.save(update_fields=["permission_subset"])

        come = admit(secret, "10.0.0.1")

        assert come.account.permissions == {"query"}
        assert come.actor(timezone.now()).name == f"{sub}（接口令牌：HIS）"

    def test_projects_narrow_the_scope(self, hospital_clerk):
        _, secret = token_of(hospital_clerk)
        with whole_country(reason="test"):
            Token.objects.update(project_ids=[7])

        assert admit(secret, "10.0.0.1").scope.project_ids == {7}


class TestEnd:
    def test_it_expires(self, hospital_clerk):
        _, secret = token_of(hospital_clerk, days=1)

        with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
            assert not is_good(secret)

    def test_by_its_owner_in_one_click(self, client_of, hospital_clerk, county_reviewer):
        token, secret = token_of(hospital_clerk)

        client_of(county_reviewer).post(f"/accounts/security/tokens/{token.pk}/end/")
        assert is_good(secret)
        client_of(hospital_clerk).post(f"/accounts/security/tokens/{token.pk}/end/")

        assert not is_good(secret)

    def test_by_a_change_of_the_password(self, hospital_clerk):
        _, secret = token_of(hospital_clerk)

        with enter(scope_of(hospital_clerk)):
            change_own_password(by=Actor.of(hospital_clerk), new="Moss-Lamp-5931")

        assert not is_good(secret)

    def test_with_the_account_its_main_account_and_its_unit(
        self, hospital_clerk, city_reviewer, province_officer
    ):
        sub = factories.sub_account_of(city_reviewer)
        secrets = [token_of(each)[1] for each in (sub, hospital_clerk)]
        with enter(scope_of(province_officer)):
            by = Actor.of(province_officer)
            set_active(by=by, account_id=city_reviewer.pk, active=False)
            set_unit_active(by=by, unit_id=hospital_clerk.organization_id, active=False)
            set_active(by=by, account_id=city_reviewer.pk, active=True)
            set_unit_active(by=by, unit_id=hospital_clerk.organization_id, active=True)

        assert not any(map(is_good, secrets))

    def test_the_tier_above_sees_and_ends_it(
        self, client_of, hospital_clerk, county_reviewer, neighbour_officer
    ):
        token, secret = token_of(hospital_clerk)
        page = client_of(county_reviewer).get("/accounts/tokens/").content.decode()
        assert "武昌区人民医院" in page
        assert "HIS" in page
        assert secret[:10] not in page

        assert (
            client_of(neighbour_officer).post(f"/accounts/tokens/{token.pk}/end/").status_code
            == 404
        )
        client_of(county_reviewer).post(f"/accounts/tokens/{token.pk}/end/")

        assert not is_good(secret)
        with whole_country(reason="test"):
            ended = LogEntry.objects.get(verb="终止接口令牌")
        assert ended.path == hospital_clerk.path

    def test_a_main_account_ends_its_sub_accounts(self, city_reviewer):
        sub = factories.sub_account_of(city_reviewer)
        token, secret = token_of(sub)

        with enter(scope_of(city_reviewer)):
            assert list(tokens_managed_by(city_reviewer)) == [token]
            end_token_below(by=Actor.of(city_reviewer), token_id=token.pk)

        assert not is_good(secret)
