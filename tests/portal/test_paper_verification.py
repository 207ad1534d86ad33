"""文件查验: everybody who holds a paper sees what it is and whether it stands, and nobody sees more."""

import importlib
import io
import re

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.distribution.domain.agreements.signing import void_agreement
from apps.distribution.files.agreement_papers import write_agreement
from apps.distribution.models import Agreement
from apps.exchange.domain.issued import Facts, issue
from apps.portal.domain.asking import seconds_to_wait
from apps.projects.models import Attachment
from apps.quarantine.codes import read_codes
from apps.reporting.domain.fingerprints import fingerprint
from apps.reporting.files.letters import write_letter
from apps.scope.context import enter, whole_country
from tests import factories_agreements as deals
from tests.pages import tags, words_of
from tests.reporting.signing import signing_round, type_in, upload
from tests.review.pdf_files import pdf
from tests.review.scanning import scanned

pytestmark = pytest.mark.django_db
FORM = "/v/"
UNKNOWN = "没有查到使用这个校验码的文件，请对照纸面逐组核对后再试。"
SITE = "https://fenliang.example"


@pytest.fixture(autouse=True)
def fresh(settings):
    settings.SITE_URL = SITE
    cache.clear()


@pytest.fixture
def round_(tree, hospital_clerk, alliance_officer):
    return signing_round(tree, hospital_clerk, alliance_officer, Attachment.LETTER)


@pytest.fixture
def agreement(tree, manufacturer_agent, alliance_officer, hospital_clerk) -> Agreement:
    deal = deals.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    deal.choose(A=deal.relation("A"))
    return deal.draw()[0]


def address_on(content: bytes) -> str:
    """Where the QR code of a scanned paper leads, without the site."""
    (texts,) = {tuple(set(page)) for page in read_codes(scanned(content))}
    (address,) = texts
    assert address.startswith(f"{SITE}/v/")
    return address.removeprefix(SITE)


def printed(round_) -> bytes:
    file = io.BytesIO()
    with whole_country(reason="test"):
        write_letter(file, project=round_.project, filing=round_.filing)
    return file.getvalue()


def drawn(agreement) -> bytes:
    file = io.BytesIO()
    with whole_country(reason="test"):
        write_agreement(file, agreement)
    return file.getvalue()


def page(address: str) -> str:
    response = Client().get(address)
    assert response.status_code == 200
    return response.content.decode()


def said(html: str) -> dict[str, str]:
    names = [tag.words for tag in tags(html, "dt")]
    return dict(zip(names, [tag.words for tag in tags(html, "dd")], strict=True))


def test_the_code_of_a_letter_leads_to_what_it_is(round_):
    html = page(address_on(printed(round_)))

    with whole_country(reason="test"):
        digest = fingerprint(round_.filing)
    assert said(html) == {
        "状态": "当前有效",
        "项目": "测试药品报量（BL）",
        "单位": "武昌区人民医院（H42010600001）",
        "编号": "承诺函 BL-H42010600001",
        "数据摘要": digest,
    }
    assert "2,800" not in html


def test_a_letter_of_other_numbers_has_a_newer_one(round_):
    address = address_on(printed(round_))

    type_in(round_, {"P0001": 2_801})
    assert said(page(address))["状态"] == "已有新版"
    type_in(round_, {"P0001": 2_800})
    assert said(page(address))["状态"] == "当前有效"


def test_an_agreement_that_was_voided_says_so(agreement, hospital_clerk):
    address = address_on(drawn(agreement))
    assert said(page(address))["编号"] == f"三方协议 {agreement.code}"
    assert said(page(address))["状态"] == "当前有效"

    with enter(scope_of(hospital_clerk)):
        void_agreement(by=Actor.of(hospital_clerk), pk=agreement.pk, reason="更换")

    assert said(page(address))["状态"] == "已作废"


def test_the_form_takes_a_code_as_people_write_it(round_):
    code = address_on(printed(round_)).removeprefix(FORM)
    written = "-".join(re.findall(".{5}", code.lower()))

    html = Client().get(FORM, {"code": f" {written} "}).content.decode()

    assert said(html)["单位"] == "武昌区人民医院（H42010600001）"


@pytest.mark.parametrize(
    "code", ["x", "00000000000000000000", "7KQ2M-9XW4T-BD1FG-H3JKN", "3F2A9C0177DE", "<b>'--"]
)
def test_whatever_is_unknown_gets_the_same_page(code, django_assert_num_queries):
    with django_assert_num_queries(1):
        response = Client().get(FORM, {"code": code})
    html = response.content.decode()
    (field,) = tags(html, "input")

    assert (response.status_code, UNKNOWN in html, said(html)) == (200, True, {})
    assert (field["value"], "<b>" in html) == (code, False)
    assert UNKNOWN in page(f"{FORM}00000000000000000000")


def test_the_empty_form_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        html = page(FORM)

    assert UNKNOWN not in html
    assert words_of(html, "button") == {"查验"}


def test_who_asks_too_often_waits_and_others_do_not(settings):
    settings.VERIFY_PER_MINUTE = 3
    client = Client(REMOTE_ADDR="203.0.113.7")

    answers = [client.get(FORM, {"code": "x"}).status_code for _ in range(5)]
    refused = client.get(FORM, {"code": "x"})

    assert answers == [200, 200, 200, 429, 429]
    assert "查询过于频繁" in refused.content.decode()
    assert 0 < int(refused["Retry-After"]) <= 60
    assert client.get(FORM).status_code == 200
    assert Client(REMOTE_ADDR="203.0.113.8").get(FORM, {"code": "x"}).status_code == 200


def test_a_household_of_ipv6_counts_as_one(settings):
    settings.VERIFY_PER_MINUTE = 1

    assert seconds_to_wait("2001:db8::1") == 0
    assert seconds_to_wait("2001:db8::2") > 0
    assert seconds_to_wait("2001:db8:1::1") == 0
    assert seconds_to_wait("not an address") == 0


def test_it_is_linked_for_who_has_no_account_and_kept_out_of_caches():
    for start in ("/accounts/login/", "/"):
        html = page(start)
        assert tags(html, "a", href=FORM), start
    response = Client().get(FORM, {"code": "x"})
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"


def test_papers_from_before_are_found_by_their_twelve_digits(round_, agreement):
    upload(round_, pdf())
    with connection.cursor() as cursor:
        for name in ("reporting.migrations.0006_old_codes_of_letters",
                     "distribution.migrations.0010_old_codes_of_agreements"):  # fmt: skip
            cursor.execute(importlib.import_module(f"apps.{name}").FILL)
            assert cursor.rowcount == 1
    with whole_country(reason="test"):
        digest = fingerprint(round_.filing)

    for whole, number in (
        (digest, "承诺函 BL-H42010600001"),
        (agreement.check_code, f"三方协议 {agreement.code}"),
    ):
        old = "-".join(re.findall(".{4}", whole[:12].upper()))
        html = Client().get(FORM, {"code": old}).content.decode()
        assert said(html)["编号"] == number
        assert said(html)["状态"] == "当前有效 旧码"
        assert "旧码只有 12 位" in html


def test_a_paper_of_a_kind_that_nobody_answers_for_is_not_called_valid():
    code = issue(Facts("gone", "1", "项目", "单位", "编号", "0" * 64), path="/0/")

    assert said(page(f"{FORM}{code}"))["状态"] == "不能判断是否仍有效"
