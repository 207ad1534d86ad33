"""账号添加, 修改, 编辑, 删除: every field checked, every refusal a sentence, what was typed still there."""

import pytest

from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.distribution.models import DistributorAccount
from apps.organizations.domain.uscc import check_character
from apps.organizations.models import Enterprise
from apps.scope.context import whole_country
from tests import factories
from tests import factories_distribution as make
from tests.pages import shown, tags, words_of

URL = "/distribution/distributors/"
NEW = f"{URL}new/"


def coded(first):
    return first + check_character(first)


CODE = coded("91420300MA4K12345")
GOOD = {
    "provincial_account": "HB0001", "name": "楚天医药配送有限公司", "uscc": CODE,
    "legal_representative": "刘法人", "authorized_person": "郑配送", "phone": "13971234567",
}  # fmt: skip


def rows():
    with whole_country(reason="test"):
        return list(DistributorAccount.objects.select_related("enterprise", "user").order_by("pk"))


@pytest.mark.covers("S4-24", "S4-25", "S4-26", "S4-27", "S4-28", "S4-29", "S4-30", "S4-36")
def test_the_dialog_adds_one_that_is_not_issued(client_of, province_officer, tree):
    client = client_of(province_officer)
    page = client.get(URL).content.decode()
    form = next(tag for tag in tags(page, "form") if tag.get("action") == NEW)
    assert words_of(page, "label") >= {
        "省平台账号", "配送企业名称*必填", "统一社会信用代码*必填", "法人*必填", "被授权人*必填", "联系电话*必填"
    }  # fmt: skip
    assert "保存" in form.text
    assert tags(page, "a", aria_label="关闭", data_dialog_close="")

    response = client.post(NEW, {**GOOD, "uscc": CODE.lower(), "phone": "139 7123 4567"})

    assert response["Location"] == URL
    row = rows()[0]
    assert (row.enterprise.name, row.enterprise.uscc) == (GOOD["name"], CODE)
    assert (row.provincial_account, row.phone) == ("HB0001", "13971234567")
    assert (row.user, row.issued_at, row.issued_by) == (None, None, None)
    assert row.path == f"/0/42/E{row.enterprise_id}/"
    with whole_country(reason="test"):
        assert User.objects.count() == 1
        said = LogEntry.objects.get(verb="添加配送企业").sentence
    assert said == f"添加了配送企业 楚天医药配送有限公司（{CODE}），尚未发放账号。"


@pytest.mark.covers("S4-25", "S4-26", "S4-27", "S4-28", "S4-29")
@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("provincial_account", "湖北01", "省平台账号只能由字母、数字和 . _ - 组成"),
        ("name", " ", "这个字段是必须的"),
        ("uscc", CODE[:-1], "统一社会信用代码应为 18 位，现在是 17 位"),
        ("uscc", CODE[:-1] + ("1" if CODE[-1] != "1" else "2"), "校验位不对"),
        ("uscc", "9142010OMA4K12345X", "不会出现 O"),
        ("legal_representative", "", "这个字段是必须的"),
        ("authorized_person", "", "这个字段是必须的"),
        ("phone", "12345", "联系电话应为 11 位手机号"),
    ],
)
def test_each_wrong_field_is_refused_and_what_was_typed_stays(
    client_of, province_officer, tree, field, value, sentence
):
    response = client_of(province_officer).post(NEW, {**GOOD, field: value})

    page = response.content.decode()
    assert response.status_code == 200
    assert sentence in page.replace("。", "")
    kept = {tag["name"]: tag.get("value", "") for tag in tags(page, "input") if "name" in tag}
    assert {key: kept[key] for key in GOOD if key != field} == {
        key: GOOD[key] for key in GOOD if key != field
    }
    assert rows() == []


def refused(client, **changes):
    return client.post(NEW, {**GOOD, **changes}).content.decode()


def test_an_enterprise_is_a_distributor_of_a_province_once(client_of, province_officer, tree):
    client = client_of(province_officer)
    client.post(NEW, GOOD)

    page = refused(client, provincial_account="")
    assert "本省已有统一社会信用代码相同的配送企业“楚天医药配送有限公司”" in page
    assert len(rows()) == 1


def test_another_province_names_it_as_the_first_did(
    client_of, province_officer, neighbour_officer, tree
):
    client_of(province_officer).post(NEW, GOOD)

    page = refused(client_of(neighbour_officer), name="楚天配送")
    client_of(neighbour_officer).post(NEW, GOOD)

    assert (
        f"统一社会信用代码 {CODE} 已登记为“楚天医药配送有限公司”，与填写的“楚天配送”不一致" in page
    )
    assert [row.path[:6] for row in rows()] == ["/0/42/", "/0/14/"]
    with whole_country(reason="test"):
        assert Enterprise.objects.get().name == "楚天医药配送有限公司"


def test_provincial_accounts_are_one_of_a_kind(
    client_of, province_officer, neighbour_officer, tree
):
    make.distributor(tree["42"], "三峡医药物流有限公司", provincial_account="hb0001")
    make.distributor(tree["14"], "三晋配送有限公司", provincial_account="SX0009")

    page = refused(client_of(province_officer))
    other = client_of(province_officer).post(NEW, {**GOOD, "provincial_account": "SX0009"})

    assert "省平台账号 HB0001 已由本省的“三峡医药物流有限公司”使用" in page
    assert other["Location"] == URL


def test_a_username_that_somebody_has_is_refused_at_once(client_of, province_officer, tree):
    factories.enterprise_account(
        factories.EnterpriseFactory(), "distributor", tree["42"], username="p42hb0001"
    )

    assert "将生成的用户名 P42HB0001 已被其他账号使用" in refused(client_of(province_officer))


@pytest.mark.covers("S4-20")
def test_before_issue_everything_can_be_corrected(client_of, province_officer, tree):
    client = client_of(province_officer)
    client.post(NEW, GOOD)
    row = rows()[0]
    page = client.get(f"{URL}{row.pk}/edit/").content.decode()
    assert {tag["value"] for tag in tags(page, "input") if tag.get("name") in GOOD} == set(
        GOOD.values()
    )

    edit, other = f"{URL}{row.pk}/edit/", coded("91420300MA4K99999")
    typed = {**GOOD, "name": "楚天配送有限公司", "phone": "02787654321"}
    client.post(edit, typed | shown(client, edit))
    typed = {**GOOD, "name": "汉水配送有限公司", "uscc": other, "provincial_account": ""}
    client.post(edit, typed | shown(client, edit))

    row = rows()[0]
    assert (row.enterprise.uscc, row.enterprise.name) == (other, "汉水配送有限公司")
    assert (row.provincial_account, row.path) == ("", f"/0/42/E{row.enterprise_id}/")
    with whole_country(reason="test"):
        assert Enterprise.objects.get(uscc=CODE).name == "楚天配送有限公司"
        said = LogEntry.objects.filter(verb="修改配送企业").order_by("pk").first().sentence
    assert "配送企业名称 楚天医药配送有限公司 → 楚天配送有限公司；联系电话 已更改" in said


@pytest.mark.covers("S4-21", "S4-37")
def test_after_issue_only_the_contact_can_be_edited(client_of, province_officer, tree):
    row = make.distributor(tree["42"], GOOD["name"], provincial_account="HB0001")
    user = make.issued(row, province_officer, username="P42HB0001")
    client = client_of(province_officer)
    page = client.get(f"{URL}{row.pk}/edit/").content.decode()
    fixed = {tag["name"] for tag in tags(page, "input") if "disabled" in tag}
    assert fixed == {"provincial_account", "name", "uscc"}

    typed = {"provincial_account": "OTHER", "name": "别名", "authorized_person": "钱新人"}
    edit = f"{URL}{row.pk}/edit/"
    client.post(edit, GOOD | typed | shown(client, edit))

    row = rows()[0]
    assert (row.provincial_account, row.enterprise.name) == ("HB0001", GOOD["name"])
    assert row.authorized_person == "钱新人"
    with whole_country(reason="test"):
        changed = User.objects.get(pk=user.pk)
    assert (changed.username, changed.name, changed.phone) == ("P42HB0001", "钱新人", "13971234567")


@pytest.mark.covers("S4-20", "S4-21")
def test_only_what_was_not_issued_is_deleted(client_of, province_officer, tree):
    waiting = make.distributor(tree["42"], "江汉配送有限公司")
    issued = make.distributor(tree["42"], "楚天医药配送有限公司")
    make.issued(issued, province_officer, username="P420001")
    client = client_of(province_officer)

    assert (
        "将删除尚未发放的配送企业 江汉配送有限公司"
        in client.get(f"{URL}{waiting.pk}/delete/").content.decode()
    )
    client.post(f"{URL}{waiting.pk}/delete/")
    refusal = client.post(f"{URL}{issued.pk}/delete/", follow=True).content.decode()

    assert [row.pk for row in rows()] == [issued.pk]
    assert "账号已发放，不能删除；不再使用时请禁用" in refusal


@pytest.mark.covers("S4-31", "S4-34", "S4-35")
def test_the_form_tells_the_rule_the_contact_and_the_password(
    client_of, province_officer, tree, settings
):
    settings.SUPPORT_PHONE = "022-24538156"
    page = client_of(province_officer).get(NEW).content.decode()

    assert "P42SX0001" in page
    assert "P420001" in page
    assert "请与联采办联系（022-24538156）" in page
    assert "初始密码为一次性随机密码" in page
