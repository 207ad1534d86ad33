"""What a password must not be made of, what was used before, and how old it may grow."""

import random
from datetime import timedelta

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.keyboard import run_in
from apps.accounts.domain.one_time import DIGITS, LOWER, UPPER
from apps.accounts.domain.password_age import days_left, warning_of
from apps.accounts.models import FormerPassword, User
from apps.accounts.models.triggers import KEPT_PASSWORDS
from apps.scope.context import whole_country
from tests.factories import PASSWORD

URL, LOGIN, PAGE = "/accounts/password/", "/accounts/login/", "/accounts/sub-accounts/"


def codes_of(password, user=None):
    try:
        validate_password(password, user)
    except ValidationError as refused:
        return {error.code for error in refused.error_list}
    return set()


@pytest.mark.parametrize(
    ("password", "run"),
    [
        ("Kort-qwer-77", "qwer"),
        ("Kort-REWQ-77", "rewq"),
        ("Kort-1qaz-77", "1qaz"),
        ("2wsx-Kort-77", "2wsx"),
        ("Kort!@#$-77", "!@#$"),
        ("Kort！＠＃￥77", "!@#¥"),
        ("ＡＳＤＦ-kort-7", "asdf"),
        ("Kort-4321-Ap", "4321"),
        ("Kort-7410-Ap", "7410"),
        ("Kort-dcba-77", "dcba"),
        ("Kort-aaaa-77", "aaaa"),
        ("Kort-    -77", "    "),
        ("Kort-Lamp-77", ""),
        ("Teapot-Violin-61", ""),
    ],
)
def test_runs_on_the_keyboard(password, run):
    assert run_in(password) == run
    assert ("keyboard_run" in codes_of(password)) == bool(run)


@pytest.mark.parametrize(
    "password",
    [
        "Woaini1314!", "woaini@5201314", "P@ssw0rd2026", "Zhongguo#8", "Yiyuan@2026", "Yibao2026!!", "Fenliang#2026",
        "Hospital-77", "5201314Abc", "Nihao#20261", "Admin@20261", "123-Iloveyou-1", "NihaoNihao#1",
    ],
)  # fmt: skip
def test_what_people_in_china_take(password):
    assert "too_common" in codes_of(password)


@pytest.mark.parametrize(
    "password",
    [
        "Wuhan-Kite-77",
        "K7-Wuhanshidiyiyiyuan",
        "武汉市第一医院-Kq7",
        "Wangxiaofang-7!",
        "K-nahuw-Lamp7",
    ],
)
def test_names_of_the_unit_and_the_person_also_in_pinyin(hospital_clerk, password):
    hospital_clerk.organization.name, hospital_clerk.name = "武汉市第一医院", "王晓芳"

    assert "like_account" in codes_of(password, hospital_clerk)


def test_random_passwords_are_seldom_refused():
    """The rules must not refuse what a password manager makes."""
    chance = random.Random(7)
    made = ["".join(chance.choices(LOWER + UPPER + DIGITS + "-_!", k=14)) for _ in range(2_000)]

    wanted = [
        password
        for password in made
        if len({*password} & {*DIGITS}) and password.lower() != password
    ]
    assert sum(bool(codes_of(password)) for password in wanted) < 10


class TestHistory:
    def change(self, client, old, new):
        return client.post(URL, {"old_password": old, "new_password": new, "confirmation": new})

    def used(self, client, names):
        old = PASSWORD
        for name in names:
            assert self.change(client, old, name).status_code == 302, name
            old = name
        return old

    def test_the_last_ones_are_refused_and_older_ones_are_not(
        self, client_of, hospital_clerk, settings
    ):
        settings.PASSWORD_HISTORY = 2
        client = client_of(hospital_clerk)
        names = ["Teapot-Violin-61", "Carpet-Violin-62", "Window-Violin-63"]
        now = self.used(client, names)

        page = self.change(client, now, names[0]).content.decode()
        assert "最近 2 次用过的密码不能再用" in page
        assert self.change(client, now, PASSWORD).status_code == 302

    def test_a_reset_does_not_open_the_way_back(self, client_of, county_reviewer, hospital_clerk):
        client_of(county_reviewer).post(f"/accounts/subordinates/{hospital_clerk.pk}/reset/")
        with whole_country(reason="test"):
            account = User.objects.get(pk=hospital_clerk.pk)

        assert codes_of(PASSWORD, account) == {"used_before"}
        assert FormerPassword.objects.count() == 1

    def test_one_time_passwords_take_no_place(self, client_of, county_reviewer, hospital_clerk):
        for _ in range(4):
            with whole_country(reason="test"):
                seen = User.objects.get(pk=hospital_clerk.pk).password_changed_at
            stamp = seen.isoformat() if seen else ""
            client_of(county_reviewer).post(
                f"/accounts/subordinates/{hospital_clerk.pk}/reset/", {"seen": stamp}
            )

        assert FormerPassword.objects.filter(account=hospital_clerk).count() == 1

    def test_no_more_are_kept_than_are_asked_for(self, hospital_clerk, country):
        for number in range(KEPT_PASSWORDS + 5):
            User.objects.filter(pk=hospital_clerk.pk).update(password=f"hash {number}")

        kept = FormerPassword.objects.order_by("pk").values_list("encoded", flat=True)
        assert list(kept)[-1] == f"hash {KEPT_PASSWORDS + 3}"
        assert len(kept) == KEPT_PASSWORDS

    def test_others_have_their_own(self, client_of, hospital_clerk, county_reviewer):
        self.used(client_of(hospital_clerk), ["Teapot-Violin-61", "Carpet-Violin-62"])

        assert codes_of("Teapot-Violin-61", county_reviewer) == set()


class TestAge:
    @pytest.fixture(autouse=True)
    def ninety_days(self, settings):
        settings.CAPTCHA = "off"
        settings.PASSWORD_MAX_AGE_DAYS, settings.PASSWORD_WARN_DAYS = 90, 14

    def aged(self, user, days):
        with whole_country(reason="test"):
            at = timezone.now() - timedelta(days=days, minutes=1)
            User.objects.filter(pk=user.pk).update(password_changed_at=at)
            user.refresh_from_db()

    def signed_in(self, user):
        client = Client()
        client.post(LOGIN, {"username": user.username, "password": PASSWORD})
        return client

    def test_first_the_login_says_how_long_it_lasts(self, hospital_clerk):
        self.aged(hospital_clerk, 80)

        page = self.signed_in(hospital_clerk).get(PAGE).content.decode()

        assert "您的密码还有 10 天到期" in page

    def test_while_there_is_time_nothing_is_said(self, hospital_clerk):
        self.aged(hospital_clerk, 75)

        assert (days_left(hospital_clerk), warning_of(hospital_clerk)) == (15, "")

    def test_then_every_page_leads_to_the_change(self, hospital_clerk):
        self.aged(hospital_clerk, 91)
        client = self.signed_in(hospital_clerk)

        assert client.get(PAGE)["Location"].startswith(URL)
        assert "密码已到期" in client.get(URL).content.decode()
        new = "Teapot-Violin-61"
        client.post(URL, {"old_password": PASSWORD, "new_password": new, "confirmation": new})
        assert client.get(PAGE).status_code == 200

    def test_also_where_the_province_wants_it_changed_elsewhere(
        self, client_of, province_officer, hospital_clerk
    ):
        elsewhere = {"url": "https://ybj.example.gov.cn/password"}
        client_of(province_officer).post("/organizations/password-address/", elsewhere)
        self.aged(hospital_clerk, 91)

        assert "原密码" in self.signed_in(hospital_clerk).get(URL).content.decode()

    @pytest.mark.parametrize("days", [0, 100_000])
    def test_it_can_be_switched_off(self, hospital_clerk, settings, days):
        settings.PASSWORD_MAX_AGE_DAYS = days
        self.aged(hospital_clerk, 400)

        assert self.signed_in(hospital_clerk).get(PAGE).status_code == 200
