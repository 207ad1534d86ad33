"""导出(HIS): the institution's own agreements as one flat CSV with titles that never change."""

import csv
import io

import pytest
from django.urls import reverse

from apps.organizations.models import Enterprise
from apps.review.models import FilingEvent
from tests.allocation.reading import rows_of

pytestmark = pytest.mark.usefixtures("country")
TITLES = (
    "项目编码,机构编码,药品统一编码,品规编号,品种名称,规格,中选企业,统一社会信用代码,"
    "最小单位,包装数量,包装中选价,协议采购量,协议采购包装数,申报状态,余量（最小单位）,取整方式"
)  # fmt: skip


def read(client):
    answer = client.get(reverse("allocation:agreement_his", args=["FL"]))
    content = b"".join(answer.streaming_content)
    assert content.startswith(b"\xef\xbb\xbf")
    return content.decode("utf-8-sig"), answer


def test_the_agreements_of_the_reported_filing(reported, client_of):
    text, answer = read(client_of(reported.clerk))

    title, *lines = csv.reader(io.StringIO(text))
    assert ",".join(title) == TITLES
    found = {line[3]: (line[0], line[1], line[9], line[11], line[12]) for line in lines}
    assert found["A"] == ("FL", "H42010600001", "36", "7776", "216")
    assert found["C"] == ("FL", "H42010600001", "30", "9091", "303")
    assert "协议量-HIS" in answer.headers["Content-Disposition"] or "HIS" in str(answer.headers)
    assert FilingEvent.objects.filter(filing=reported.filing()).count() == 1


@pytest.mark.parametrize(
    ("policies", "ordered"),
    [
        ({"pack_rounding": "down"}, {"A": ("216", "0"), "B": ("45", "0"), "C": ("303", "1")}),
        ({"pack_rounding": "nearest"}, {"A": ("216", "0"), "B": ("45", "0"), "C": ("303", "1")}),
        ({"pack_rounding": "up"}, {"A": ("216", "0"), "B": ("45", "0"), "C": ("304", "-29")}),
    ],
    ids=["down", "nearest", "up"],
)
def test_packs_are_whole_by_the_rule_of_the_project(reported, client_of, ordered):
    text, _ = read(client_of(reported.clerk))

    lines = list(csv.DictReader(io.StringIO(text)))
    found = {line["品规编号"]: (line["协议采购包装数"], line["余量（最小单位）"]) for line in lines}
    assert found == ordered
    assert {line["取整方式"] for line in lines} == {reported.project.get_pack_rounding_display()}
    for line in lines:
        packs, pack, rest = (
            int(line[title]) for title in ("协议采购包装数", "包装数量", "余量（最小单位）")
        )
        assert packs * pack + rest == int(line["协议采购量"])


@pytest.mark.parametrize("policies", [{"pack_rounding": "up"}])
def test_the_page_says_the_same_as_the_file(reported, client_of):
    page = client_of(reported.clerk).get(reverse("allocation:agreement_list", args=["FL"]))

    quantities = [row[3] for row in rows_of(page)]
    assert "9,091 粒 = 304 盒 多 29 粒" in quantities
    assert "7,776 粒 = 216 盒" in quantities
    assert "整包装数（向上取整）和余量" in page.content.decode()


def test_what_looks_like_a_formula_is_text(reported, client_of):
    Enterprise.objects.filter(name="A制药").update(name="=1+1")

    text, _ = read(client_of(reported.clerk))

    assert "'=1+1" in text


def test_nothing_to_export_before_the_report(worked, client_of):
    answer = client_of(worked.clerk).get(
        reverse("allocation:agreement_his", args=["FL"]), follow=True
    )

    assert "还没有上报" in answer.content.decode()


def test_the_page_offers_it_to_institutions_only(reported, client_of, city_reviewer):
    url = reverse("allocation:agreement_list", args=["FL"])
    assert "导出(HIS)" in client_of(reported.clerk).get(url).content.decode()
    assert "导出(HIS)" not in client_of(city_reviewer).get(url).content.decode()
