"""模板下载, 上传承诺函 and the frame that shows it, as the institution and others meet them."""

import pypdfium2
import pytest

from apps.exchange.files.check_codes import in_groups
from apps.exchange.models import IssuedPaper
from apps.projects.models import Attachment, ProjectKind
from apps.reporting.domain.fingerprints import facts_of, fingerprint
from apps.reporting.domain.sheet.reporting import report
from apps.review.models import FilingAttachment
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.factories import sub_account_of
from tests.pages import tags, words_of
from tests.reporting.signing import post_letter, signing_round, type_in, upload
from tests.review.pdf_files import pdf, photo
from tests.review.scanning import scanned

pytestmark = pytest.mark.django_db
PAGE, ENTRY = "/demand/BL/letter/", "/demand/BL/entry/"


@pytest.fixture
def round_(tree, hospital_clerk, alliance_officer):
    return signing_round(tree, hospital_clerk, alliance_officer, Attachment.LETTER)


@pytest.fixture
def clerk(round_, client_of):
    return client_of(round_.clerk)


def file_url(round_) -> str:
    return f"/review/BL/filings/{round_.filing.pk}/attachment/file/"


def template(client) -> bytes:
    return b"".join(client.get(f"{PAGE}template/"))


def text_of(content: bytes) -> list[str]:
    """The words of each page, without spaces: a PDF has none of its own."""
    pages = pypdfium2.PdfDocument(content)
    return ["".join(page.get_textpage().get_text_range().split()) for page in pages]


def code_of(round_) -> str:
    with whole_country(reason="test"):
        return facts_of(round_.project, round_.filing, fingerprint(round_.filing)).shown_code


@pytest.mark.covers("S2-20")
def test_the_template_holds_the_institution_s_own_numbers(clerk, round_):
    (page,) = text_of(template(clerk))

    for words in ("药品集中采购承诺函", "武昌区人民医院", "测试片1", "2,800", "第1页/共1页"):
        assert words in page
    assert "测试片4" not in page
    assert "未列出的1个品规为0" in page
    for place in ("法定代表人（签字）", "经办人（签字）", "医疗机构（盖章）", "日期"):
        assert place in page
    assert f"校验码：{code_of(round_)}" in page


@pytest.mark.covers("S2-20")
def test_the_template_s_code_names_project_institution_and_numbers(clerk, round_):
    template(clerk)

    with whole_country(reason="test"):
        issued = IssuedPaper.objects.get()
        digest = fingerprint(round_.filing)
    assert in_groups(issued.code) == code_of(round_)
    assert (issued.project, issued.unit, issued.digest) == (
        "测试药品报量（BL）", "武昌区人民医院（H42010600001）", digest
    )  # fmt: skip


@pytest.mark.covers("S2-20")
def test_a_long_table_repeats_its_head_and_counts_its_pages(
    tree, hospital_clerk, alliance_officer, client_of
):
    hospital = tree["H42010600001"]
    project = make.demand_project([hospital], items=120, attachment=Attachment.SUMMARY)
    make.published(project, alliance_officer)
    wanted = {f"P{number:04d}": number for number in range(1, 121)}
    make.planned(project, hospital, wanted)

    pages = text_of(template(client_of(hospital_clerk)))

    assert len(pages) > 3
    for number, page in enumerate(pages, 1):
        assert f"第{number}页/共{len(pages)}页" in page
    assert all("品规编号品种名称" in page for page in pages if "P0" in page)
    assert sum("P0120" in page for page in pages) == 1
    assert "药品集中采购需求量汇总表" in pages[0]
    assert "医疗机构（盖章）" in pages[-1]


def test_a_history_task_prints_what_was_bought(tree, hospital_clerk, alliance_officer, client_of):
    kind = {"kind": ProjectKind.HISTORY, "attachment": Attachment.SUMMARY}
    project = make.demand_project([tree["H42010600001"]], **kind)
    make.published(project, alliance_officer)
    make.planned(project, tree["H42010600001"], {"P0001": 1_234})

    (page,) = text_of(template(client_of(hospital_clerk)))

    assert "历史采购量，已逐项核对无误" in page
    assert "1,234" in page
    assert "预采购量" not in page


def test_an_unfinished_sheet_says_that_it_is_not_to_be_signed(
    tree, hospital_clerk, alliance_officer, client_of
):
    project = make.demand_project([tree["H42010600001"]], attachment=Attachment.LETTER)
    make.published(project, alliance_officer)

    (page,) = text_of(template(client_of(hospital_clerk)))

    assert "还有4个品规没有填写，本件不能用于签章" in page


@pytest.mark.covers("S2-21")
def test_an_upload_is_shown_beside_its_button_and_opens_in_the_page(clerk, round_):
    answer = post_letter(clerk, round_, pdf(2))
    assert answer.status_code == 302

    page = clerk.get(ENTRY).content.decode()

    (button,) = [tag for tag in tags(page, "a", href=PAGE) if tag.words == "上传承诺函"]
    assert button
    (chip,) = tags(page, "a", class_="letter-chip")
    assert chip.words == "扫描.pdf已上传"
    assert chip["data-dialog-open"] == "letter"
    (frame,) = tags(page, "iframe")
    assert frame["src"].startswith(file_url(round_))


@pytest.mark.covers("S2-21")
def test_the_file_is_shown_in_our_frames_only(clerk, round_):
    with whole_country(reason="test"):
        kept = upload(round_, pdf(3), "承诺 函.pdf")

    answer = clerk.get(file_url(round_))

    assert b"".join(answer) == pdf(3)
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "承诺" not in kept.file.name


def test_behind_a_proxy_the_file_is_handed_over_by_its_random_name(round_, client_of, settings):
    kept = upload(round_)
    settings.PROTECTED_URL = "/protected/"

    answer = client_of(round_.clerk).get(file_url(round_))

    assert answer.content == b""
    assert answer["X-Accel-Redirect"] == f"/protected/{kept.file.name}"
    assert len(kept.file.name.rpartition("/")[2]) == len("0" * 32 + ".pdf")


@pytest.mark.covers("S2-02", "S2-21")
def test_a_refused_upload_keeps_the_one_before(clerk, round_):
    post_letter(clerk, round_, pdf(2))

    answer = post_letter(clerk, round_, pdf(), pdf())

    assert answer.status_code == 422
    assert "承诺函只支持上传一份 PDF，请合并成一份后再上传。" in answer.content.decode()
    with whole_country(reason="test"):
        assert FilingAttachment.objects.get().pages == 2


def test_photos_are_put_together_by_their_names(clerk, round_):
    answer = post_letter(clerk, round_, photo(), photo((800, 600)), name="页.jpg")

    assert answer.status_code == 302
    page = clerk.get(PAGE).content.decode()
    assert "由 2 张照片合成" in words_of(page, "dd")
    assert "校验码读不到，请对照纸面" in words_of(page, "span")


def test_our_own_document_is_known_again(clerk, round_):
    post_letter(clerk, round_, scanned(template(clerk)))
    same = words_of(clerk.get(PAGE).content.decode(), "span")

    type_in(round_, {"P0001": 2_801})
    changed = words_of(clerk.get(PAGE).content.decode(), "span")

    assert {"已上传", "校验码一致"} <= same
    assert {"数据已变更", "校验码不一致：第 1 页"} <= changed


def test_after_the_report_nothing_is_offered_and_nothing_replaced(clerk, round_, country):
    upload(round_)
    report(**round_.place)

    page = clerk.get(PAGE).content.decode()
    answer = post_letter(clerk, round_, pdf(5))

    assert not tags(page, "input", type="file")
    assert answer.status_code == 422
    assert FilingAttachment.objects.get().pages == 1


def test_who_only_reads_uploads_nothing(round_, client_of):
    reader = client_of(sub_account_of(round_.clerk))

    assert not tags(reader.get(PAGE).content.decode(), "input", type="file")
    assert "没有“维护”权限" in post_letter(reader, round_, pdf()).content.decode()


def test_strangers_find_nothing(round_, client_of, neighbour_clerk, county_reviewer):
    upload(round_)

    assert client_of(neighbour_clerk).get(file_url(round_)).status_code == 404
    assert client_of(county_reviewer).get(file_url(round_)).status_code == 404
    assert client_of(county_reviewer).get(PAGE).status_code == 403


def test_a_round_without_documents_has_no_such_page(
    tree, hospital_clerk, alliance_officer, client_of
):
    signing_round(tree, hospital_clerk, alliance_officer, Attachment.NONE)
    client = client_of(hospital_clerk)

    assert client.get(PAGE).status_code == 404
    assert client.get(f"{PAGE}template/").status_code == 404
    assert "上传承诺函" not in client.get(ENTRY).content.decode()


@pytest.mark.covers("S2-22")
def test_the_report_dialog_says_that_the_letter_is_missing(clerk, round_):
    missing = clerk.get(ENTRY).content.decode()
    upload(round_)
    there = clerk.get(ENTRY).content.decode()

    assert "上传承诺函" in " ".join(tag.text for tag in tags(missing, "dialog", id="report"))
    assert "上传承诺函" not in " ".join(tag.text for tag in tags(there, "dialog", id="report"))


@pytest.mark.covers("S3-08")
def test_a_void_sheet_says_so_on_the_entry_page(tree, hospital_clerk, alliance_officer, client_of):
    round_ = signing_round(tree, hospital_clerk, alliance_officer, Attachment.SUMMARY)
    client = client_of(hospital_clerk)
    upload(round_)
    type_in(round_, {"P0001": 2_801})

    page = client.get(ENTRY).content.decode()

    assert "需求量汇总表已作废" in page
    (chip,) = tags(page, "a", class_="letter-chip")
    assert chip.words == "扫描.pdf已作废，须重新上传"
