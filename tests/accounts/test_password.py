"""`/accounts/password/`: one's own password, and what a password must be."""

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import override_settings

from apps.accounts.domain.one_time import new_password
from apps.accounts.models import Approval, User
from apps.audit.models import LogEntry
from apps.scope.context import whole_country
from tests.factories import PASSWORD
from tests.pages import shown, words_of

URL = "/accounts/password/"
NEW = "Teapot-Violin-61"


def change(client, old=PASSWORD, new=NEW, confirmation=NEW, **more):
    return client.post(
        URL, {"old_password": old, "new_password": new, "confirmation": confirmation, **more}
    )


@pytest.mark.covers("S0-37", "S1-09", "S2-14")
def test_form_names_fields_and_asks_to_confirm(client_of, hospital_clerk):
    page = client_of(hospital_clerk).get(URL).content.decode()

    for words in ("原密码", "新密码", "确认新密码", 'data-dialog-open="confirm"'):
        assert words in page
    assert words_of(page, "a", "button") >= {"保存", "确定"}


@pytest.mark.covers("S0-12", "S1-04", "S2-03")
def test_change_ends_the_forced_state_and_keeps_this_session(client_of, hospital_clerk):
    hospital_clerk.must_change_password = True
    hospital_clerk.save()
    client, elsewhere = client_of(hospital_clerk), client_of(hospital_clerk)

    response = change(client, next="/accounts/sub-accounts/")

    assert response["Location"] == "/accounts/sub-accounts/"
    assert "密码已修改" in client.get(response["Location"]).content.decode()
    assert elsewhere.get(URL).status_code == 302
    with whole_country(reason="test"):
        account = User.objects.get(pk=hospital_clerk.pk)
        entry = LogEntry.objects.get()
    assert account.check_password(NEW)
    assert not account.must_change_password
    assert (entry.verb, NEW in str(vars(entry))) == ("密码修改", False)


def test_guessing_the_old_password_shuts_the_account_as_at_the_login(client_of, hospital_clerk):
    """Who holds somebody's session still doesn't hold the password."""
    client = client_of(hospital_clerk)

    statuses = [change(client, old=f"guess-{n}").status_code for n in range(5)]

    assert statuses == [200, 200, 200, 200, 429]
    assert change(client).status_code == 429
    with whole_country(reason="test"):
        assert User.objects.get(pk=hospital_clerk.pk).check_password(PASSWORD)


def test_what_is_typed_is_kept_nowhere(client_of, hospital_clerk, capfd):
    typed = {"old": "Old-Typed-17", "new": "New-Typed-17", "confirmation": "Again-Typed-17"}

    change(client_of(hospital_clerk), **typed)

    (attempt,) = AccessAttempt.objects.all()
    captured = capfd.readouterr()
    kept = f"{vars(attempt)} {captured.out} {captured.err}"
    assert [word for word in typed.values() if word in kept] == []


class TestExternalAddress:
    ADDRESS = "https://ybj.example.gov.cn/password"

    @pytest.fixture
    def set_by_hubei(self, client_of, province_officer, alliance_officer):
        url = "/organizations/password-address/"
        client = client_of(province_officer)
        sent = {"url": self.ADDRESS} | shown(client, url)
        assert client.post(url, sent).status_code == 302
        with whole_country(reason="test"):
            asked = Approval.objects.get()
        page = f"/accounts/approvals/{asked.pk}/"
        assert client_of(alliance_officer).post(page, {"decision": "approve"}).status_code == 302

    @pytest.mark.covers("S1-02", "S1-10")
    def test_institutions_of_the_province_are_led_there_others_are_not(
        self, client_of, set_by_hubei, hospital_clerk, neighbour_clerk, city_reviewer
    ):
        assert f'href="{self.ADDRESS}"' in client_of(hospital_clerk).get(URL).content.decode()
        for person in (neighbour_clerk, city_reviewer):
            assert "原密码" in client_of(person).get(URL).content.decode()

    def test_the_first_change_is_always_here(self, client_of, set_by_hubei, hospital_clerk):
        hospital_clerk.must_change_password = True
        hospital_clerk.save()

        assert "原密码" in client_of(hospital_clerk).get(URL).content.decode()

    def test_only_encrypted_addresses(self, client_of, province_officer):
        response = client_of(province_officer).post(
            "/organizations/password-address/", {"url": "http://ybj.example.gov.cn/"}
        )

        assert "网址必须以 https:// 开头" in response.content.decode()

    def test_only_provinces_set_it(self, client_of, alliance_officer, city_reviewer):
        for person in (alliance_officer, city_reviewer):
            assert client_of(person).get("/organizations/password-address/").status_code == 403


def test_administrators_change_theirs_too(client_of, administrator):
    assert change(client_of(administrator))["Location"] == "/admin/"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"old": "wrong"}, "原密码不正确"),
        ({"confirmation": "Teapot-Violin-62"}, "两次输入的新密码不一致"),
        ({"new": PASSWORD, "confirmation": PASSWORD}, "新密码不能与原密码相同"),
        ({"new": "Kort-1", "confirmation": "Kort-1"}, "密码至少 10 位，现在是 6 位"),
        ({"new": "teapotviolins", "confirmation": "teapotviolins"}, "四类中的至少三类"),
        ({"new": "Password1234!", "confirmation": "Password1234!"}, "这个密码太常见"),
        ({"new": "H42010600001x!", "confirmation": "H42010600001x!"}, "不能包含用户名"),
        ({"new": "Kort-1qaz-77", "confirmation": "Kort-1qaz-77"}, "密码中的“1qaz”是键盘上相邻"),
    ],
)
def test_refusals_say_why_and_change_nothing(client_of, hospital_clerk, typed, sentence):
    response = change(client_of(hospital_clerk), **typed)

    assert sentence in response.content.decode()
    with whole_country(reason="test"):
        assert User.objects.get(pk=hospital_clerk.pk).check_password(PASSWORD)


def test_name_phone_and_backwards_username_are_refused(hospital_clerk):
    hospital_clerk.phone = "13971234567"
    for password in ("Tel13971234567!", "x!10000601024Hx"):
        with pytest.raises(ValidationError, match="不能包含"):
            validate_password(password, hospital_clerk)


def test_one_time_passwords_pass(hospital_clerk):
    for password in (new_password() for _ in range(200)):
        validate_password(password, hospital_clerk)


def test_one_time_passwords_differ_and_avoid_lookalikes():
    made = {new_password() for _ in range(500)}

    assert len(made) == 500
    assert not set("".join(made)) & set("0Oo1lI2Z5S8B")
    assert {len(password) for password in made} == {14}


@override_settings(PASSWORD_HASHERS=["apps.accounts.hashers.Argon2Hasher"])
def test_hashes_are_argon2id_with_the_agreed_cost():
    encoded = make_password(PASSWORD)

    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    assert check_password(PASSWORD, encoded)
    assert identify_hasher(encoded).algorithm == "argon2"
