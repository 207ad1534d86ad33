"""Distributors and agreements as people do it: in a browser of 1024×768."""

import io
import re
from pathlib import Path

import openpyxl
import pypdf
import pytest
from playwright.sync_api import expect

from apps.distribution.models import DistributorAccount
from apps.scope.context import whole_country
from tests import factories_agreements as make
from tests.browser import SCREEN
from tests.distribution.test_distributor_forms import GOOD
from tests.distribution.test_distributor_import import line
from tests.exported import opened_export

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST = "/distribution/distributors/"


@pytest.fixture
def sign_in(live_server, client_of, page):
    def signed_in(person):
        page.context.clear_cookies()
        cookie = client_of(person).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])

    return signed_in


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth") == SCREEN["width"]


def downloaded(page, button):
    with page.expect_download() as download:
        button.click()
    return Path(download.value.path()).read_bytes()


@pytest.mark.covers("S4-06", "S4-30", "S4-40", "S4-42")
def test_a_province_adds_imports_and_issues_and_the_distributor_signs_in(
    page, sign_in, province_officer, settings, tmp_path
):
    settings.CAPTCHA = "off"
    sign_in(province_officer)
    page.goto(LIST)
    page.get_by_role("button", name="账号添加").click()
    dialog = page.locator("dialog#add")
    for label, value in zip(
        ("省平台账号", "配送企业名称", "统一社会信用代码", "法人", "被授权人", "联系电话"),
        GOOD.values(),
        strict=True,
    ):
        dialog.get_by_label(re.compile(f"^{label}")).fill(value)
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已添加 楚天医药配送有限公司")).to_be_visible()
    assert fits(page)

    book = openpyxl.load_workbook(
        io.BytesIO(downloaded(page, page.get_by_role("link", name="模板下载")))
    )
    for position, value in enumerate(line(1), start=1):
        book["配送企业"].cell(3, position).value = value
    book.save(tmp_path / "配送企业.xlsx")
    page.get_by_role("link", name="导入", exact=True).click()
    page.set_input_files("input[type=file]", tmp_path / "配送企业.xlsx")
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_text("检查通过")).to_be_visible()
    page.get_by_role("button", name="导入", exact=True).first.click()
    page.locator("dialog#apply").get_by_role("button", name="导入").click()
    expect(page.get_by_text("导入成功：新增 1")).to_be_visible()

    page.get_by_label("选择本页全部").check()
    page.get_by_role("button", name="发放账号").first.click()
    page.locator("dialog#issue").get_by_role("button", name="发放账号").click()
    content = downloaded(page, page.get_by_role("button", name="下载 Excel"))
    lines = list(
        opened_export(io.BytesIO(content))["账号发放单"].iter_rows(min_row=2, values_only=True)
    )
    passwords = {row[3]: row[4] for row in lines}
    assert set(passwords) == {"P42HB0001", "P420001"}

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill("P420001")
    page.get_by_label("密码").fill(passwords["P420001"])
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_text("请先修改初始密码")).to_be_visible()
    with whole_country(reason="test"):
        assert DistributorAccount.objects.issued().count() == 2


def test_an_institution_chooses_draws_and_takes_the_paper(
    page, sign_in, tree, manufacturer_agent, alliance_officer, hospital_clerk
):
    deal = make.deal(tree, manufacturer_agent, alliance_officer, hospital_clerk)
    deal.relation("A", carrier=0)
    deal.relation("A", carrier=1)
    sign_in(hospital_clerk)
    page.goto("/distribution/choices/")
    assert fits(page)
    page.locator("select[name^=choice-]").select_option(label="FL-AG第1配送有限公司（武汉市）")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_text("已保存：选择 1 个产品的配送企业。")).to_be_visible()

    page.get_by_role("button", name="生成协议").first.click()
    page.locator("dialog#draw").get_by_role("button", name="生成协议").click()
    expect(page.get_by_text("已生成 1 份三方协议")).to_be_visible()
    assert fits(page)
    paper = downloaded(page, page.get_by_role("link", name="下载", exact=True))

    text = pypdf.PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    assert "FL-AG-XY000001" in text
    assert "FL-AG第1配送有限公司" in text
