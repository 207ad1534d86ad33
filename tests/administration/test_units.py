"""`/organizations/`: 机构管理."""

import io
import re

import pytest

from apps.accounts.models import IssueSheet, User
from apps.exchange.files.templates import write_template
from apps.jobs.inline import run_waiting_jobs
from apps.organizations.domain.uscc import check_character
from apps.organizations.files.workbooks import ENTERPRISES, UNITS
from apps.organizations.models import Enterprise, Organization
from apps.scope.context import whole_country
from tests import factories
from tests.exported import opened_export
from tests.pages import changed_cells, shown, tags

URL = "/organizations/"


def codes(response):
    return set(re.findall(r'<small class="num">(\w+)</small>', response.content.decode()))


def uploaded(client, url, spec, rows):
    """Upload rows for import; returns the page with the outcome."""
    content = write_template(spec, {spec.sheets[0].title: rows})
    file = io.BytesIO(content)
    file.name = "机构.xlsx"
    return client.post(url, {"file": file}, follow=True)


def row(code, name, parent="420106", **more):
    return {"code": code, "name": name, "parent_code": parent, **more}


@pytest.mark.covers("S3-06")
def test_list_shows_the_subtree_with_password_resets(client_of, city_reviewer, hospital_clerk):
    response = client_of(city_reviewer).get(URL)

    assert codes(response) == {"420106", "H42010600001", "H42010600002", "H42010000001"}
    page = response.content.decode()
    assert f"/accounts/subordinates/{hospital_clerk.pk}/reset/" in page
    assert "添加机构" not in page


def test_institutions_have_no_such_page(client_of, hospital_clerk, manufacturer_agent):
    for person in (hospital_clerk, manufacturer_agent):
        assert client_of(person).get(URL).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("unit=whsdyyy", {"H42010000001"}),
        ("unit=人民医院 武昌", {"H42010600001"}),
        ("region=/0/42/420200/", {"420200", "420202", "H42020200001"}),
        ("tier=city", {"420100", "420200"}),
        ("tier=institution&account=yes", {"H42010600001"}),
        ("active=no", set()),
        ("grade=三级甲等", set()),
    ],
)
def test_filters(client_of, province_officer, hospital_clerk, query, found):
    assert codes(client_of(province_officer).get(f"{URL}?{query}")) == found


def test_province_adds_an_institution(client_of, province_officer, tree):
    client = client_of(province_officer)
    form = client.get(f"{URL}new/").content.decode()
    assert "小店区" not in form

    response = client.post(
        f"{URL}new/",
        {"parent": tree["420106"].pk, "code": "h42010600003", "name": "徐东医院", "grade": "一级"},
    )

    assert response["Location"] == URL
    with whole_country(reason="test"):
        assert Organization.objects.get(code="H42010600003").parent == tree["420106"]


def test_what_was_typed_is_still_there_after_a_refusal(client_of, province_officer, tree):
    response = client_of(province_officer).post(
        f"{URL}new/", {"parent": tree["420106"].pk, "code": "H14010500001", "name": "徐东医院"}
    )

    page = response.content.decode()
    assert "机构编码 H14010500001 已被使用" in page
    assert 'value="徐东医院"' in page


def test_city_changes_nothing(client_of, city_reviewer, tree):
    client = client_of(city_reviewer)
    unit = tree["H42010600001"]

    for path in ("new/", f"{unit.pk}/", f"{unit.pk}/disable/", "import/"):
        assert client.post(f"{URL}{path}").status_code == 403


def test_units_elsewhere_are_not_found(client_of, province_officer, tree):
    client = client_of(province_officer)

    for code in ("H14010500001", "42", "0"):
        for path in ("", "disable/", "enable/"):
            assert client.post(f"{URL}{tree[code].pk}/{path}").status_code == 404


def test_edit_and_shut(client_of, province_officer, tree):
    client = client_of(province_officer)
    unit = tree["H42010600001"]
    assert 'value="武昌区人民医院"' in client.get(f"{URL}{unit.pk}/").content.decode()

    typed = {"name": "武昌医院", "through_code": "H42010600002"}
    client.post(f"{URL}{unit.pk}/", typed | shown(client, f"{URL}{unit.pk}/"))
    page = client.get(f"{URL}{unit.pk}/disable/").content.decode()
    (seen,) = tags(page, "input", name="seen")
    client.post(f"{URL}{unit.pk}/disable/", {"seen": seen["value"]})

    with whole_country(reason="test"):
        unit = Organization.objects.get(pk=unit.pk)
    assert (unit.name, unit.is_active, unit.reports_through.code) == (
        "武昌医院",
        False,
        "H42010600002",
    )


def test_bureau_with_open_units_is_not_shut(client_of, province_officer, tree):
    client = client_of(province_officer)

    client.post(f"{URL}{tree['420106'].pk}/disable/")

    assert "请先禁用下级单位" in client.get(URL).content.decode()


def test_export_follows_the_filter_and_imports_again_unchanged(client_of, province_officer, tree):
    client = client_of(province_officer)

    content = b"".join(client.get(f"{URL}export/?tier=institution&unit=武昌").streaming_content)

    rows = list(opened_export(io.BytesIO(content))["医疗机构"].iter_rows(values_only=True))
    assert [line[0] for line in rows[1:]] == ["H42010600001", "H42010600002"]
    file = io.BytesIO(content)
    file.name = "机构.xlsx"
    with whole_country(reason="test"):
        page = client.post(f"{URL}import/", {"file": file}, follow=True).content.decode()
    assert re.search(r"无变化|未变化|不变", page)


class TestImport:
    def outcome(self, client, rows, url=f"{URL}import/"):
        response = uploaded(client, url, UNITS, rows)
        return response, response.redirect_chain[-1][0]

    def test_new_and_changed_are_written_after_the_confirmation(self, client_of, province_officer):
        client = client_of(province_officer)
        rows = [
            row("H42010600011", "一分院", through_code="H42010600012"),
            row("H42010600012", "总院", grade="三级甲等"),
            row("H42010600001", "武昌区人民医院", phone="027-88"),
            row("H42010600002", "武昌区中医医院"),
        ]

        shown, page_url = self.outcome(client, rows)
        assert changed_cells(shown.content.decode()) == [("联系电话", "空", "027-88")]
        with whole_country(reason="test"):
            assert not Organization.objects.filter(code="H42010600011").exists()
        client.post(page_url)

        with whole_country(reason="test"):
            branch = Organization.objects.get(code="H42010600011")
            known = Organization.objects.get(code="H42010600001")
        assert branch.reports_through.code == "H42010600012"
        assert (known.phone, known.grade) == ("027-88", "二级甲等")

    @pytest.mark.parametrize(
        ("bad", "sentence"),
        [
            (row("H14010500001", "x"), "已被其他地区的单位使用"),
            (row("H42010600011", "x", parent="140105"), "管理范围内没有编码为 140105"),
            (row("H42010600011", "x", parent="0"), "管理范围内没有编码为 0 "),
            (row("H42010600001", "x", parent="420100"), "机构的上级不能更改"),
            (row("420106", "x"), "是武昌区医疗保障局的编码，不是医疗机构"),
            (row("H42", "x"), "机构编码为 4 至 30 位"),
            (row("H42010600011", "x", through_code="H14010500001"), "本省没有编码为 H14010500001"),
            (row("H42010600011", "x", through_code="H42010600011"), "不能由自己代报"),
            (row("H42010600099", "x", through_code="H42010600098"), "代报只能有一层"),
        ],
    )
    def test_one_wrong_row_stops_all(self, client_of, province_officer, bad, sentence):
        client = client_of(province_officer)
        rows = [
            row("H42010600097", "总院"),
            row("H42010600098", "分院", through_code="H42010600097"),
            bad,
        ]

        response, page_url = self.outcome(client, rows)
        assert sentence in response.content.decode()
        client.post(page_url)

        with whole_country(reason="test"):
            assert (
                not Organization.objects.filter(code__startswith="H420106000")
                .exclude(code__in=["H42010600001", "H42010600002"])
                .exists()
            )

    @pytest.mark.covers("S2-07")
    def test_with_accounts_gives_a_sheet(self, client_of, province_officer):
        client = client_of(province_officer)
        rows = [row(f"H4201060002{number}", f"第{number}卫生院") for number in range(5)]

        _, page_url = self.outcome(client, rows, f"{URL}import/accounts/")
        client.post(page_url)
        run_waiting_jobs()

        with whole_country(reason="test"):
            sheet = IssueSheet.objects.get()
            assert (sheet.count, sheet.owner) == (5, province_officer)
            assert User.objects.filter(username__startswith="H4201060002").count() == 5

    def test_the_alliance_imports_manufacturers_with_accounts(self, client_of, alliance_officer):
        code = "91420100MA4K99999" + check_character("91420100MA4K99999")
        client = client_of(alliance_officer)
        url = f"{URL}import/enterprises/"

        bad = uploaded(client, url, ENTERPRISES, [{"uscc": code[:-1] + "0", "name": "甲制药"}])
        assert "校验位不对" in bad.content.decode()
        page = uploaded(client, url, ENTERPRISES, [{"uscc": code, "name": "甲制药"}])
        client.post(page.redirect_chain[-1][0])
        run_waiting_jobs()

        with whole_country(reason="test"):
            assert User.objects.get(username=code).enterprise == Enterprise.objects.get(uscc=code)

    def test_manufacturers_that_stand_today_come_back_unchanged(self, client_of, alliance_officer):
        factories.EnterpriseFactory(name="甲制药")
        client = client_of(alliance_officer)
        url = f"{URL}import/enterprises/"

        file = io.BytesIO(client.get(f"{url}?template=filled").getvalue())
        file.name = "生产企业.xlsx"
        page = client.post(url, {"file": file}, follow=True).content.decode()

        assert "文件内容与系统中的数据完全相同" in page

    def test_provinces_import_no_manufacturers(self, client_of, province_officer):
        assert client_of(province_officer).get(f"{URL}import/enterprises/").status_code == 403


def test_query_budget(client_of, province_officer, tree, django_assert_max_num_queries):
    client = client_of(province_officer)
    for _ in range(50):
        factories.account_of(factories.InstitutionFactory(parent=tree["420106"]))
    client.get(URL)

    with django_assert_max_num_queries(6):  # session, account, notices, regions, count, rows
        client.get(f"{URL}?per_page=50")
