"""A name is found however it is written, and what only looks different is no change."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.distribution.models import DistributorAccount
from apps.exchange.models import StoredUpload
from apps.scope.context import whole_country
from tests import factories_distribution as make
from tests.distribution.test_distributor_import import code
from tests.distribution.test_distributor_list import page_of, rows_of
from tests.exchange.samples import made

NAME = "国药控股（湖北）医疗器械有限公司"
TITLES = ["省平台账号", "企业名称", "统一社会信用代码", "法人", "被授权人", "联系电话"]
URL = "/distribution/distributors/import/"


@pytest.fixture
def officer(client_of, province_officer, tree):
    make.distributor(tree["42"], NAME, provincial_account="HB0001")
    make.distributor(tree["42"], "北京人民制药（湖北）有限公司")
    return client_of(province_officer)


@pytest.mark.parametrize(
    "asked",
    [
        NAME,
        "国药控股(湖北)医疗器械",
        "国药控股 （湖北）",
        "国药\u200b控股\u00a0湖北",
        "GYKG",
        "ｇｙｋｇ",
    ],
)
def test_a_name_is_found(officer, asked):
    assert [row["配送企业名称"] for row in rows_of(page_of(officer, f"?name={asked}"))] == [NAME]


@pytest.mark.parametrize("asked", ["人民", "⼈⺠", "人民制药（湖北）"])
def test_radicals_of_a_pdf_find_the_characters(officer, asked):
    rows = rows_of(page_of(officer, f"?name={asked}"))

    assert [row["配送企业名称"] for row in rows] == ["北京人民制药（湖北）有限公司"]


def test_other_columns_fold_too(officer):
    assert len(rows_of(page_of(officer, "?account=ｈｂ0001"))) == 1


def checked(officer, name):
    line = [None, name, code(901), "刘法人", "郑配送", "13971234567"]
    content = made(line, titles=TITLES, sheet="配送企业").getvalue()
    page = officer.post(URL, {"file": SimpleUploadedFile("配送企业.xlsx", content)})["Location"]
    with whole_country(reason="test"):
        upload = StoredUpload.objects.latest("pk")
        assert upload.problems == []
        return page, upload.counts


@pytest.mark.parametrize(
    ("first", "again"),
    [
        ("武汉人民方圆医药有限公司", "武汉⼈⺠⽅圆医药有限公司"),
        ("湖北方圆医药有限公司", "湖北方圆医药\n有限公司"),
        ("湖北方圆医药有限公司", " 湖北方圆\u200b医药有限公司\u00a0"),
    ],
)
def test_what_looks_the_same_is_no_change(officer, first, again):
    page, _ = checked(officer, first)
    officer.post(page)

    _, counts = checked(officer, again)

    assert counts == {"new": 0, "changed": 0, "unchanged": 1, "wrong": 0}
    with whole_country(reason="test"):
        assert DistributorAccount.objects.filter(enterprise__name=first).count() == 1


def test_a_form_stores_what_an_import_would(officer):
    officer.post(
        "/distribution/distributors/new/",
        {
            "name": "武汉⼈⺠\u200b医药有限公司", "uscc": code(7).lower(), "legal_representative": "刘法人",
            "authorized_person": "郑配送", "phone": "１３971234567",
        },
    )  # fmt: skip

    with whole_country(reason="test"):
        row = DistributorAccount.objects.select_related("enterprise").latest("pk")
    assert (row.enterprise.name, row.enterprise.uscc) == ("武汉人民医药有限公司", code(7))
    assert row.phone == "13971234567"
