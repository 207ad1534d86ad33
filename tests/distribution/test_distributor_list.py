"""`/distribution/distributors/`: the list, its filters, its buttons."""

import io
from datetime import UTC, datetime

import pytest
from django.utils import timezone

from apps.accounts.models import User
from apps.distribution.models import DistributorAccount
from apps.scope.context import whole_country
from tests import factories
from tests import factories_distribution as make
from tests.exported import opened_export
from tests.pages import tags, words_of

URL = "/distribution/distributors/"
LOGGED_IN = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def listed(tree, province_officer, neighbour_officer):
    """Hubei: one not issued, one issued and seen, one disabled; Shanxi: one."""
    waiting = make.distributor(tree["42"], "江汉配送有限公司")
    seen = make.distributor(tree["42"], "楚天医药配送有限公司", provincial_account="HB0001")
    user = make.issued(seen, province_officer, username="P42HB0001")
    shut = make.distributor(tree["42"], "三峡医药物流有限公司")
    make.issued(shut, province_officer, username="P420001", is_active=False)
    make.areas(seen, "420000", "420106", "420202")
    make.distributor(tree["14"], "三晋配送有限公司")
    with whole_country(reason="test"):
        User.objects.filter(pk=user.pk).update(last_login=LOGGED_IN)
    return {"waiting": waiting, "seen": seen, "shut": shut}


def page_of(client, query=""):
    return client.get(f"{URL}{query}").content.decode()


def rows_of(page):
    """The cells of each row by column heading."""
    table = page[page.index("<table") : page.index("</table>")]
    heads = [head.words for head in tags(table, "th", scope="col")]
    body = table[table.index("<tbody>") :]
    rows = body.split("<tr")[1:]
    found = []
    for row in rows:
        cells = [cell.words for cell in tags(f"<tr{row}", "td", "th")]
        found.append(dict(zip(heads, cells, strict=True)))
    return found


def test_the_export_has_everything_of_the_filter(client_of, province_officer, listed):
    client = client_of(province_officer)
    response = client.get(f"{URL}export/", {"issued": "1", "status": "1"})
    book = opened_export(io.BytesIO(response.getvalue()))
    titles, *rows = book["配送企业"].iter_rows(values_only=True)

    (told,) = (dict(zip(titles, row, strict=True)) for row in rows)
    assert (told["配送企业用户名"], told["省平台账号"]) == ("P42HB0001", "HB0001")
    assert told["配送企业名称"] == "楚天医药配送有限公司"
    assert len(told["统一社会信用代码"]) == 18
    assert (told["用户状态"], told["是否发放"], told["是否登录"]) == ("启用", "是", "是")
    assert "武昌区" in told["配送区域"]
    assert "省(区)直属" in told["配送区域"]


@pytest.mark.covers(
    "S4-07", "S4-08", "S4-09", "S4-10", "S4-11", "S4-12", "S4-13", "S4-14", "S4-15", "S4-16", "S4-17"
)  # fmt: skip
def test_every_column_says_what_it_should(client_of, province_officer, listed):
    page = page_of(client_of(province_officer))

    assert "本省配送企业用户列表" in words_of(page, "caption")
    rows = {row["配送企业名称"]: row for row in rows_of(page)}
    assert set(rows) == {"江汉配送有限公司", "楚天医药配送有限公司", "三峡医药物流有限公司"}
    seen = rows["楚天医药配送有限公司"]
    assert seen["配送企业用户名"] == "P42HB0001"
    assert seen["省平台账号"] == "HB0001"
    assert seen["配送区域"] == "武昌区、黄石港区、省(区)直属"
    assert [seen[name] for name in ("用户状态", "是否发放", "是否登录")] == ["启用", "是", "是"]
    assert seen["最后登录时间"] == "2026-11-20 17:30"
    waiting = rows["江汉配送有限公司"]
    names = ("配送企业用户名", "用户状态", "是否发放", "是否登录", "最后登录时间")
    assert [waiting[name] for name in names] == ["", "", "否", "否", "—"]
    assert rows["三峡医药物流有限公司"]["用户状态"] == "禁用"
    assert [row["序号"] for row in rows_of(page)] == ["1", "2", "3"]
    boxes = tags(page, "input", name="selected")
    assert ["disabled" in box for box in boxes] == [True, True, False]


@pytest.mark.covers("S4-17")
def test_a_page_has_ten_rows(client_of, province_officer, tree):
    for number in range(11):
        make.distributor(tree["42"], f"配送{number}有限公司")
    client = client_of(province_officer)

    assert len(rows_of(page_of(client))) == 10
    assert [row["序号"] for row in rows_of(page_of(client, "?page=2"))] == ["11"]
    assert len(rows_of(page_of(client, "?per_page=20"))) == 11


@pytest.mark.covers("S4-18", "S4-19")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?username=hb0001", {"seen"}),
        ("?name=楚天", {"seen"}),
        ("?name=jhps", {"waiting"}),
        ("?account=HB", {"seen"}),
        ("?status=1", {"seen"}),
        ("?status=0", {"shut"}),
        ("?issued=1", {"seen", "shut"}),
        ("?issued=0", {"waiting"}),
        ("?seen=1", {"seen"}),
        ("?seen=0", {"waiting", "shut"}),
        ("?status=", {"waiting", "seen", "shut"}),
    ],
)
def test_filters(client_of, province_officer, listed, query, found):
    rows = rows_of(page_of(client_of(province_officer), query))

    wanted = {row.enterprise.name for key, row in listed.items() if key in found}
    assert {row["配送企业名称"] for row in rows} == wanted


@pytest.mark.covers("S4-18", "S4-19")
def test_the_query_bar_has_its_fields_and_all(client_of, province_officer, listed):
    page = page_of(client_of(province_officer))

    labels = words_of(page, "label")
    assert labels >= {
        "配送企业用户名", "配送企业名称", "省平台账号", "用户状态", "是否发放", "是否登录"
    }  # fmt: skip
    assert [option.words for option in tags(page, "option", value="")].count("--全部--") == 3


@pytest.mark.covers("S4-20", "S4-21", "S4-22")
def test_each_row_offers_what_its_state_allows(client_of, province_officer, listed):
    rows = {row["配送企业名称"]: row for row in rows_of(page_of(client_of(province_officer)))}

    assert rows["江汉配送有限公司"]["操作"] == "发放 修改 删除 查看"
    assert rows["楚天医药配送有限公司"]["操作"] == "编辑 禁用 重置密码 查看"
    assert rows["三峡医药物流有限公司"]["操作"] == "编辑 启用 重置密码 查看"


@pytest.mark.covers("S4-06", "S4-23")
def test_the_page_has_its_buttons(client_of, province_officer, listed):
    page = page_of(client_of(province_officer))

    assert words_of(page, "a", "button") >= {"账号添加", "模板下载", "导入", "发放账号"}


@pytest.mark.covers("S4-01")
def test_only_provinces_have_the_page_and_only_their_own(
    client_of, city_reviewer, alliance_officer, hospital_clerk, manufacturer_agent, neighbour_officer,
    listed,
):  # fmt: skip
    for person in (city_reviewer, alliance_officer, hospital_clerk, manufacturer_agent):
        assert client_of(person).get(URL).status_code == 403
    theirs = rows_of(page_of(client_of(neighbour_officer)))
    assert [row["配送企业名称"] for row in theirs] == ["三晋配送有限公司"]
    for act in ("", "edit/", "delete/", "enable/", "disable/", "reset/"):
        address = f"{URL}{listed['seen'].pk}/{act}"
        assert client_of(neighbour_officer).get(address).status_code == 404
        assert client_of(neighbour_officer).post(address).status_code in {404, 405}


def test_a_sub_account_without_the_right_looks_but_does_not_touch(
    client_of, province_officer, listed
):
    reader = factories.sub_account_of(province_officer, permission_subset=["query"])
    client = client_of(reader)

    page = page_of(client)
    assert not words_of(page, "a", "button") & {"账号添加", "导入", "发放账号", "编辑", "禁用"}
    assert client.post(URL, {"selected": [listed["waiting"].pk]}).status_code == 403
    assert client.get(f"{URL}new/").status_code == 403
    assert client.get(f"{URL}{listed['seen'].pk}/").status_code == 200
    with whole_country(reason="test"):
        assert DistributorAccount.objects.unissued().count() == 2


@pytest.mark.covers("S4-20", "S4-43")
def test_the_detail_page_tells_everything(client_of, province_officer, listed):
    page = client_of(province_officer).get(f"{URL}{listed['seen'].pk}/").content.decode()

    assert words_of(page, "dd") >= {
        "P42HB0001", "HB0001", "楚天医药配送有限公司", "刘法人", "郑配送", "13971234567", "启用",
        "武昌区", "省(区)直属", "周省局", "2026-11-20 17:30",
    }  # fmt: skip
    assert "仅供生产企业和医疗机构参考，不作限制" in page


@pytest.mark.covers("S4-21", "S4-22", "S4-37")
def test_disabling_and_enabling(client_of, province_officer, listed):
    client, row = client_of(province_officer), listed["seen"]
    visitor = client_of(row.user)
    assert visitor.get("/distribution/areas/").status_code == 200

    assert "立即退出" in client.get(f"{URL}{row.pk}/disable/").content.decode()
    client.post(f"{URL}{row.pk}/disable/")
    assert visitor.get("/distribution/areas/").status_code == 302
    client.post(f"{URL}{row.pk}/enable/")

    assert client_of(row.user).get("/distribution/areas/").status_code == 200


@pytest.mark.covers("S4-37")
def test_resetting_shows_a_password_once_that_must_be_changed(client_of, province_officer, listed):
    client, row = client_of(province_officer), listed["seen"]
    with whole_country(reason="test"):
        User.objects.filter(pk=row.user.pk).update(password_changed_at=timezone.now())
        seen = User.objects.get(pk=row.user.pk).password_changed_at.isoformat()

    page = client.post(f"{URL}{row.pk}/reset/", {"seen": seen}).content.decode()
    again = client.post(f"{URL}{row.pk}/reset/", {"seen": seen})

    _username, password = (code.words for code in tags(page, "code"))
    assert again["Location"] == URL
    with whole_country(reason="test"):
        user = User.objects.get(pk=row.user.pk)
        assert user.check_password(password)
        assert user.must_change_password


@pytest.mark.covers("S4-36")
def test_what_was_not_issued_has_nothing_to_switch(client_of, province_officer, listed):
    client = client_of(province_officer)

    for act in ("enable/", "disable/", "reset/"):
        assert client.post(f"{URL}{listed['waiting'].pk}/{act}").status_code == 404
