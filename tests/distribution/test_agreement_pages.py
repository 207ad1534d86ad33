"""The pages of choices, agreements, progress and clauses, and the files that come of them."""

import io
import zipfile

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.allocation.models import SupplyTotal
from apps.distribution.domain.agreements.check_codes import facts_of
from apps.distribution.models import (
    Agreement,
    AgreementClauses,
    AgreementScan,
    AgreementStatus,
    DeliveryChoice,
)
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.scope.context import whole_country
from tests import factories
from tests import factories_agreements as make
from tests.exported import opened_export
from tests.pages import shown, tags, words_of

CHOICES = "/distribution/choices/"
AGREEMENTS = "/distribution/agreements/"


@pytest.fixture
def deal(tree, manufacturer_agent, alliance_officer, hospital_clerk):
    return make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)


@pytest.fixture
def drawn(deal):
    """Two agreements: A by the first distributor, B by the second."""
    deal.choose(A=deal.relation("A"), B=deal.relation("B", carrier=1))
    return deal.draw()


def scan():
    """A PDF as a scanner makes it."""
    file = io.BytesIO()
    writer = pypdf.PdfWriter()
    writer.add_blank_page(width=595, height=842)
    writer.write(file)
    return file.getvalue()


def text_of(content):
    return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)


def test_choices_and_agreements_show_the_packs_to_order(
    client_of, tree, manufacturer_agent, alliance_officer, hospital_clerk
):
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk, pack_rounding="up")
    with whole_country(reason="test"):
        SupplyTotal.objects.filter(product=deal.products["A"]).update(quantity=7_777)
    client = client_of(deal.clerk)
    assert "= 217 盒 多 35 粒" in client.get(CHOICES).content.decode()

    deal.choose(A=deal.relation("A"))
    (agreement,) = deal.draw()
    assert "= 217 盒 多 35 粒" in client.get(f"{AGREEMENTS}{agreement.pk}/").content.decode()


def test_agreements_wait_on_the_first_page_of_who_has_to_sign(
    client_of, deal, drawn, manufacturer_agent
):
    for account in (deal.clerk, manufacturer_agent):
        assert "三方协议待签署" in client_of(account).get("/").content.decode()

    with whole_country(reason="test"):
        Agreement.objects.filter(pk=drawn[0].pk).update(status=AgreementStatus.AFFECTED)
    page = client_of(deal.clerk).get("/").content.decode()
    assert "三方协议受影响，请作废后重新选择" in page
    assert "受影响" not in client_of(manufacturer_agent).get("/").content.decode()


def test_the_institution_chooses_on_its_page_and_draws(client_of, deal):
    one, other = deal.relation("A"), deal.relation("A", carrier=1)
    client = client_of(deal.clerk)
    page = client.get(CHOICES).content.decode()
    product = deal.products["A"].pk
    offered = [
        option.words
        for option in tags(
            page[page.index(f'name="choice-{product}"') :].split("</select>")[0], "option"
        )
    ]
    assert offered == [
        "未选择", "FL-AG第0配送有限公司（武汉市）", "FL-AG第1配送有限公司（武汉市）"
    ]  # fmt: skip
    assert page.count("尚无配送企业") == 2

    saved = client.post(CHOICES, {f"choice-{product}": other.pk}, follow=True).content.decode()
    assert "已保存：选择 1 个产品的配送企业。" in saved
    with whole_country(reason="test"):
        assert DeliveryChoice.objects.get().relation_id == other.pk
    seen = shown(client, CHOICES, action=f"{CHOICES}draw/")
    told = client.post(f"{CHOICES}draw/", {"project": "FL-AG", **seen}, follow=True)
    done = told.content.decode()

    assert "已生成 1 份三方协议，共 1 个产品" in done
    assert "FL-AG-XY000001" in words_of(done, "th")
    assert "FL-AG-XY000001" in client.get(CHOICES).content.decode()
    assert one.pk != other.pk


def test_a_wrong_choice_is_refused_with_a_sentence(client_of, deal):
    elsewhere = deal.relation("A", path="/0/42/420200/")
    client = client_of(deal.clerk)

    page = client.post(CHOICES, {f"choice-{deal.products['A'].pk}": elsewhere.pk}, follow=True)

    assert "所选配送企业不能向本机构配送该产品，没有保存" in page.content.decode()
    seen = shown(client, CHOICES, action=f"{CHOICES}draw/")
    refused = client.post(f"{CHOICES}draw/", {"project": "FL-AG", **seen}, follow=True)
    assert "没有可以生成协议的产品" in refused.content.decode()


def test_the_paper_says_all_that_an_agreement_needs(client_of, deal, drawn):
    agreement = drawn[0]
    response = client_of(deal.clerk).get(f"{AGREEMENTS}{agreement.pk}/pdf/")

    text = text_of(response.getvalue())
    for said in (
        "武昌区人民医院", "江城制药有限公司", "FL-AG第0配送有限公司", "FL-AG-XY000001", "测试胶囊A", "0.3g",
        "36 粒", "28.80", "7,776", "6,220.80", "协议期限", "配送时限", "付款期限", "违约责任",
        "甲方（盖章）", "乙方（盖章）", "丙方（盖章）", facts_of(agreement).shown_code,
    ):  # fmt: skip
        assert said in text, said


def test_everybody_concerned_takes_the_paper_and_nobody_else(
    client_of, deal, drawn, city_reviewer, neighbour_officer, tree
):
    agreement = drawn[0]
    address = f"{AGREEMENTS}{agreement.pk}/"
    with whole_country(reason="test"):
        carriers = [account.user for account in deal.trade.carriers]
    rival = factories.enterprise_account(factories.EnterpriseFactory(), "manufacturer", tree["0"])

    for person in (deal.clerk, deal.trade.maker, carriers[0], city_reviewer):
        assert client_of(person).get(f"{address}pdf/").getvalue().startswith(b"%PDF")
        assert "FL-AG-XY000001" in client_of(person).get(AGREEMENTS).content.decode()
    for person in (carriers[1], rival, neighbour_officer):
        for page in ("", "pdf/", "scan/"):
            assert client_of(person).get(f"{address}{page}").status_code == 404
        assert "FL-AG-XY000001" not in client_of(person).get(AGREEMENTS).content.decode()
    for person in (deal.trade.maker, carriers[0], city_reviewer):
        assert client_of(person).post(f"{address}sign/").status_code == 403
        assert client_of(person).post(f"{address}void/").status_code == 403


def test_the_signed_scan_makes_it_signed(client_of, deal, drawn, city_reviewer):
    agreement, client = drawn[0], client_of(deal.clerk)
    address = f"{AGREEMENTS}{agreement.pk}/"
    assert client.get(f"{address}scan/").status_code == 404
    wrong = SimpleUploadedFile("协议.docx", b"PK\x03\x04 word")
    refused = client.post(f"{address}sign/", {"document": wrong})
    assert (refused.status_code, "是 Office 文件" in refused.content.decode()) == (422, True)
    paper = client.get(f"{address}pdf/").getvalue()
    unsigned = client.post(
        f"{address}sign/", {"document": SimpleUploadedFile("a.pdf", paper)}
    ).content.decode()
    assert "系统生成的未签署文件" in unsigned
    another = client.post(
        f"{AGREEMENTS}{drawn[1].pk}/sign/", {"document": SimpleUploadedFile("a.pdf", paper)}
    ).content.decode()
    assert "是另一份协议" in another

    done = client.post(
        f"{address}sign/", {"document": SimpleUploadedFile("扫描.pdf", scan())}, follow=True
    )

    assert "签署件已上传" in done.content.decode()
    with whole_country(reason="test"):
        assert Agreement.objects.get(pk=agreement.pk).state == AgreementStatus.SIGNED
    shown = client_of(city_reviewer).get(f"{address}scan/")
    assert (shown["Content-Type"], shown.getvalue()) == ("application/pdf", scan())
    client.post(f"{address}sign/", {"document": SimpleUploadedFile("新.pdf", scan())})
    with whole_country(reason="test"):
        assert [s.replaced_at is None for s in AgreementScan.objects.order_by("pk")] == [
            False,
            True,
        ]


def test_a_void_needs_a_reason(client_of, deal, drawn):
    client, address = client_of(deal.clerk), f"{AGREEMENTS}{drawn[0].pk}/"

    assert client.post(f"{address}void/", {"reason": ""}).status_code == 422
    done = client.post(f"{address}void/", {"reason": "更换配送企业"}, follow=True).content.decode()

    assert "协议 FL-AG-XY000001 已作废" in done
    assert not tags(done, "form", action=f"{address}void/")


@pytest.mark.parametrize("form", ["pdf", "zip"])
def test_many_are_taken_as_one_file_by_a_job(client_of, deal, drawn, city_reviewer, form):
    client = client_of(city_reviewer)

    response = client.post(AGREEMENTS, {"selected": [row.pk for row in drawn], "format": form})
    run_waiting_jobs()

    with whole_country(reason="test"):
        job = Job.objects.get()
        assert (response["Location"], job.status) == (f"/jobs/{job.pk}/", "succeeded")
        with job.result.open() as file:
            content = file.read()
    if form == "pdf":
        assert text_of(content).count("三方协议") >= 2
        assert len(pypdf.PdfReader(io.BytesIO(content)).pages) == 2
    else:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
        assert sorted(names) == [
            "三方协议_FL-AG-XY000001_FL-AG第0配送有限公司.pdf",
            "三方协议_FL-AG-XY000002_FL-AG第1配送有限公司.pdf",
        ]


def test_nothing_ticked_is_said(client_of, deal, drawn):
    page = client_of(deal.clerk).post(AGREEMENTS, {"format": "pdf"}, follow=True)

    assert "请先勾选要下载的协议" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?code=xy000002", {2}),
        ("?status=drawn", {1, 2}),
        ("?status=signed", set()),
        ("?carrier=第0", {1}),
        ("?manufacturer=江城", {1, 2}),
        ("?institution=小店", set()),
    ],
)
def test_filters(client_of, drawn, city_reviewer, query, found):
    page = client_of(city_reviewer).get(f"{AGREEMENTS}{query}").content.decode()

    assert {n for n in (1, 2) if f"FL-AG-XY00000{n}" in page} == found


def sheet_of(response, title):
    book = opened_export(io.BytesIO(response.getvalue()))
    return [list(row) for row in book[title].iter_rows(values_only=True)]


def test_agreements_are_exported_line_by_line(client_of, drawn, city_reviewer, deal):
    rows = sheet_of(client_of(city_reviewer).get(f"{AGREEMENTS}export/"), "协议明细")

    head, *lines = rows
    assert [dict(zip(head, line, strict=True))["协议采购量"] for line in lines] == [7_776, 1_080]
    first = dict(zip(head, lines[0], strict=True))
    assert (first["协议编号"], first["签署状态"], first["品种名称"]) == (
        "FL-AG-XY000001", "待签署", "测试胶囊A"
    )  # fmt: skip


def test_progress_counts_by_place_for_every_tier(
    client_of, deal, drawn, tree, city_reviewer, province_officer, alliance_officer, neighbour_officer
):  # fmt: skip
    client_of(deal.clerk).post(
        f"{AGREEMENTS}{drawn[0].pk}/sign/", {"document": SimpleUploadedFile("a.pdf", scan())}
    )

    def seen(person):
        page = client_of(person).get(f"{AGREEMENTS}progress/").content.decode()
        body = page[page.index("<tbody>") : page.index("</tbody>")] if "<tbody>" in page else ""
        return [
            [cell.words for cell in tags(f"<tr{row}", "td", "th")] for row in body.split("<tr")[1:]
        ]

    counts = ["3", "2", "2", "2", "1", "33.3%", "0", "0", "1", "0"]
    assert seen(alliance_officer) == [["湖北省医疗保障局", *counts]]
    assert seen(province_officer) == [["武汉市医疗保障局", *counts]]
    assert seen(city_reviewer) == [["武昌区医疗保障局", *counts]]
    assert seen(neighbour_officer) == []
    rows = sheet_of(client_of(province_officer).get(f"{AGREEMENTS}progress/export/"), "签署进度")
    assert rows[1:] == [["武汉市医疗保障局", 3, 2, 2, 2, 1, 33.3, 0, 0, 1, 0]]


def test_the_alliance_writes_clauses(client_of, deal, alliance_officer, province_officer):
    address = f"{AGREEMENTS}clauses/?project=FL-AG"
    client = client_of(alliance_officer)
    assert "标准条款" in client.get(address).content.decode()
    texts = {"period": "2027 年度", "delivery": "24 小时", "payment": "30 日", "breach": ""}

    refused = client.post(address, texts | shown(client, address)).content.decode()
    client.post(address, {**texts, "breach": "依法", **shown(client, address)})

    assert "2027 年度" in refused
    with whole_country(reason="test"):
        assert [row.period for row in AgreementClauses.objects.all()] == ["2027 年度"]
    assert client_of(province_officer).get(address).status_code == 403


def test_what_a_colleague_chose_meanwhile_is_not_drawn(client_of, deal):
    client = client_of(deal.clerk)
    deal.choose(A=deal.relation("A"))
    seen = shown(client, CHOICES, action=f"{CHOICES}draw/")
    deal.choose(A=deal.relation("A", carrier=1))

    for stamp in (seen, {}):
        told = client.post(f"{CHOICES}draw/", {"project": "FL-AG", **stamp}, follow=True)
        assert "您打开页面之后，符合条件的记录" in told.content.decode()

    with whole_country(reason="test"):
        assert not Agreement.objects.exists()
