"""The QR codes of a signed document, printed by the product, scanned, and read back page by page."""

import importlib
import io
import re

import pypdfium2
import pytest
from django.db import connection

from apps.exchange.files.check_codes import in_groups
from apps.exchange.models import IssuedPaper
from apps.projects.models import Attachment, ExplanationScope
from apps.reporting.domain.fingerprints import facts_of, fingerprint
from apps.reporting.domain.letters.state import letter_of
from apps.reporting.domain.sheet.reporting import report
from apps.reporting.files.letters import write_letter
from apps.review.domain.attachments.page_codes import held_against, in_words
from tests import factories_demand as make
from tests.pages import tags, words_of
from tests.reporting.signing import post_letter, signing_round, type_in, upload
from tests.review.pdf_files import pdf, signed
from tests.review.scanning import keyworded, labels, of_pages, photographed, scanned, with_qr

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]
PAGE = "/demand/BL/letter/"


@pytest.fixture
def round_(tree, hospital_clerk, alliance_officer):
    return signing_round(tree, hospital_clerk, alliance_officer, Attachment.SUMMARY)


def letter(round_, hospital=None) -> bytes:
    filing = make.filing_of(round_.project, hospital) if hospital else round_.filing
    file = io.BytesIO()
    write_letter(file, project=round_.project, filing=filing)
    return file.getvalue()


def read(round_) -> dict[str, str]:
    return labels(letter_of(round_.project, round_.filing).pages.groups)


def status(round_) -> tuple[str, str]:
    return letter_of(round_.project, round_.filing).pages.status


def text_of(content: bytes) -> list[str]:
    pages = pypdfium2.PdfDocument(content)
    return [page.get_textpage().get_text_range() for page in pages]


@pytest.fixture
def long_round(tree, hospital_clerk, alliance_officer):
    """A document of several pages."""
    policies = {"items": 70, "explanation_scope": ExplanationScope.NONE}
    round_ = signing_round(tree, hospital_clerk, alliance_officer, Attachment.SUMMARY, **policies)
    type_in(round_, {f"P{number:04d}": number for number in range(1, 71)})
    return round_


@pytest.mark.covers("S2-21", "S3-14")
@pytest.mark.parametrize("angle", [-1.5, 0.8, 90.6, 180.4])
def test_a_scan_of_what_was_printed_agrees(round_, angle):
    upload(round_, scanned(letter(round_), angle=angle))

    assert read(round_) == {"一致": "第 1 页"}
    assert status(round_) == ("校验码一致", "success")


def test_a_seal_over_the_code_does_not_hide_it(long_round):
    printed = letter(long_round)

    upload(long_round, scanned(printed, seal=True, dpi=200))

    assert read(long_round) == {"一致": f"第 1–{len(text_of(printed))} 页"}


def test_every_page_of_a_long_one_speaks_for_itself(long_round):
    printed = letter(long_round)
    number = len(text_of(printed))
    assert number > 2

    upload(long_round, scanned(printed))

    assert read(long_round) == {"一致": f"第 1–{number} 页"}


def test_photos_of_the_pages_are_read_as_well(long_round, client_of):
    pages = photographed(letter(long_round))

    post_letter(client_of(long_round.clerk), long_round, *pages, name="页.jpg")

    assert read(long_round) == {"一致": f"第 1–{len(pages)} 页"}


def test_a_page_that_was_exchanged_is_found(long_round):
    before = letter(long_round)
    type_in(long_round, {"P0070": 71})
    now = letter(long_round)

    upload(long_round, scanned(of_pages((now, 0), (before, 1), (now, 2))))

    assert read(long_round) == {"一致": "第 1、3 页", "不一致": "第 2 页"}
    assert status(long_round) == ("校验码不一致：第 2 页", "danger")


def test_numbers_that_change_afterwards_disagree_and_changed_back_agree(round_):
    upload(round_, scanned(letter(round_)))

    type_in(round_, {"P0001": 2_801})
    assert read(round_) == {"不一致": "第 1 页"}
    type_in(round_, {"P0001": 2_800})
    assert read(round_) == {"一致": "第 1 页"}


def test_what_was_printed_before_the_numbers_changed_disagrees(round_):
    before = scanned(letter(round_))
    type_in(round_, {"P0001": 2_801})

    upload(round_, before)

    assert read(round_) == {"不一致": "第 1 页"}


def test_another_institution_s_document_disagrees(round_, tree):
    foreign = scanned(letter(round_, tree["H14010500001"]))

    upload(round_, foreign)

    assert read(round_) == {"不一致": "第 1 页"}


def test_the_file_s_properties_alone_say_nothing(round_):
    code = facts_of(round_.project, round_.filing, fingerprint(round_.filing)).code
    letter(round_)

    for keywords in (f"fenliang:{code}", f"fenliang:{fingerprint(round_.filing)}"):
        upload(round_, keyworded(pdf(2), keywords))
        assert read(round_) == {"读不到": "第 1–2 页"}
        assert status(round_) == ("校验码读不到，请对照纸面", "neutral")


def test_a_code_without_a_key_of_ours_disagrees(round_):
    """Somebody who writes into the table makes no paper."""
    facts = facts_of(round_.project, round_.filing, fingerprint(round_.filing))
    forged = "00000000000000000000"
    IssuedPaper.objects.create(
        code=forged, kind=facts.kind, subject=facts.subject, project=facts.project,
        unit=facts.unit, number=facts.number, digest=facts.digest, path=round_.hospital.path,
    )  # fmt: skip

    upload(round_, with_qr(f"https://fenliang.example/v/{forged}"))

    assert read(round_) == {"不一致": "第 1 页"}


def test_keys_that_were_replaced_go_on_counting(round_, settings):
    printed = scanned(letter(round_))
    settings.CHECK_CODE_KEYS = ["a new key"]

    upload(round_, printed)
    assert read(round_) == {"一致": "第 1 页"}

    settings.SECRET_KEY = "another one"
    upload(round_, printed)
    assert read(round_) == {"不一致": "第 1 页"}


def known_before():
    """What the migration keeps of documents from before."""
    migration = importlib.import_module("apps.reporting.migrations.0006_old_codes_of_letters")
    with connection.cursor() as cursor:
        cursor.execute(migration.FILL)


def test_nobody_makes_new_papers_with_old_codes(round_):
    upload(round_, with_qr(f"FENLIANG|BL|H42010600001|{fingerprint(round_.filing)}"))

    assert read(round_) == {"不一致": "第 1 页"}


def test_old_documents_are_told_as_such(round_):
    known_before()
    digest = fingerprint(round_.filing)
    old = with_qr(f"FENLIANG|BL|H42010600001|{digest}")

    upload(round_, scanned(old, dpi=200))
    assert read(round_) == {"一致（旧码）": "第 1 页"}
    assert status(round_) == ("校验码一致（旧码）", "success")

    type_in(round_, {"P0001": 2_801})
    assert read(round_) == {"不一致": "第 1 页"}


def test_other_people_s_codes_on_the_page_are_passed_over(round_):
    known_before()
    digest = fingerprint(round_.filing)
    ours = f"FENLIANG|BL|H42010600001|{digest}"

    upload(round_, with_qr("https://weixin.example/q/1", ours))
    assert read(round_) == {"一致（旧码）": "第 1 页"}
    upload(round_, with_qr("https://weixin.example/q/1"))
    assert read(round_) == {"读不到": "第 1 页"}
    upload(round_, with_qr(ours, f"FENLIANG|BL|H42010600001|{'0' * 64}"))
    assert read(round_) == {"不一致": "第 1 页"}


@pytest.mark.covers("S2-21")
def test_the_original_itself_is_told_to_be_unsigned(round_, client_of, county_reviewer):
    clerk = client_of(round_.clerk)
    post_letter(clerk, round_, letter(round_))

    page = clerk.get(PAGE).content.decode()
    assert "上传的是未签章的原件" in page
    assert "校验码一致" in words_of(page, "span")

    filing = report(**round_.place)
    reviewer = client_of(county_reviewer)
    assert "未签章的原件" in reviewer.get(f"/review/BL/filings/{filing.pk}/").content.decode()
    shown = reviewer.get(f"/review/BL/filings/{filing.pk}/attachment/").content.decode()
    assert "未签章的原件" in shown


@pytest.mark.parametrize("case", ["scanned", "sealed"])
def test_a_signed_one_is_no_original(round_, client_of, case):
    content = {
        "scanned": lambda: scanned(letter(round_)),
        "sealed": lambda: keyworded(signed(), "fenliang:x"),
    }[case]()
    clerk = client_of(round_.clerk)

    post_letter(clerk, round_, content)

    assert "未签章的原件" not in clerk.get(PAGE).content.decode()


@pytest.mark.covers("S3-14")
def test_the_reviewer_reads_page_by_page_beside_the_file(long_round, client_of, county_reviewer):
    before = letter(long_round)
    type_in(long_round, {"P0070": 71})
    now = letter(long_round)
    upload(long_round, scanned(of_pages((now, 0), (before, 1), (now, 2))))
    filing = report(**long_round.place)

    page = client_of(county_reviewer).get(f"/review/BL/filings/{filing.pk}/").content.decode()

    (listed,) = tags(page, "ul", class_="page-codes")
    assert listed.words == "第 1、3 页 一致 第 2 页 不一致"
    assert "校验码不一致：第 2 页" in page


def test_the_printed_code_is_the_one_that_the_pages_show(round_, client_of):
    content = letter(round_)
    page = client_of(round_.clerk).get(PAGE).content.decode()

    (shown,) = set(re.findall(r"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){3}", page))
    for text in text_of(content):
        assert shown in text
    assert in_groups(IssuedPaper.objects.get().code) == shown


def test_the_same_numbers_are_issued_once(round_):
    letter(round_)
    letter(round_)
    assert IssuedPaper.objects.count() == 1
    type_in(round_, {"P0001": 2_801})
    letter(round_)
    assert IssuedPaper.objects.count() == 2


def test_files_from_before_were_not_read():
    assert held_against([], "a3" * 32).status == ("校验码读不到，请对照纸面", "neutral")
    assert in_words([1, 2, 3, 5, 8, 9]) == "第 1–3、5、8–9 页"
