"""分量: the page of one slot, saved without a script (S1-27..42)."""

import pytest

from apps.allocation.models import Slot, SlotLine, SlotState
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.allocation.reading import rows_of, text_of, url
from tests.factories import sub_account_of


def address(round_, slot, row=None):
    return url("slot_edit", round_.project.code, (row or round_.row()).pk, slot)


def fields(round_, response, **typed):
    """What the form sends: the quantities typed, and what the page showed."""
    names = {f"contract-{round_.products[code].pk}": value for code, value in typed.items()}
    return {"seen": response.context["form"]["seen"].value(), **names}


def post(round_, client_of, slot, **typed):
    client = client_of(round_.clerk)
    page = client.get(address(round_, slot))
    return client.post(address(round_, slot), fields(round_, page, **typed), follow=True)


@pytest.mark.covers("S1-31", "S1-32", "S1-38")
def test_it_shows_the_demand_and_what_the_formulas_need(worked, client_of):
    response = client_of(worked.clerk).get(address(worked, "highest"))

    assert "待分配量 3,000 粒 日均使用量 6 粒 已分配量 0 粒" in text_of(response)
    (row,) = rows_of(response)
    assert row == [
        "A制药 测试胶囊A 0.3g×36粒 · A", "允许 4,465 – 4,535", "建议 4,500", "0", "不限", "28.80",
        "36 粒", "52%", "0.00", "9", "7.20", "不限",
    ]  # fmt: skip


@pytest.mark.covers("S1-27", "S1-28", "S1-29")
@pytest.mark.parametrize(
    ("slot", "enterprises"),
    [("lowest", ["B制药"]), ("highest", ["A制药"]), ("other", ["A制药", "B制药", "C制药"])],
)
def test_each_slot_offers_its_enterprises(worked, client_of, slot, enterprises):
    response = client_of(worked.clerk).get(address(worked, slot))
    assert [row[0].split()[0] for row in rows_of(response)] == enterprises


def test_others_without_the_fixed_where_the_project_says_so(
    worked, institutions, alliance_officer, client_of
):
    project = make.allocation_project(institutions, code="FL2", other_excludes_fixed=True)
    worked.products = make.worked_products(project)
    make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
    worked.project = make.published(project, alliance_officer)

    response = client_of(worked.clerk).get(address(worked, "other"))

    assert [row[0].split()[0] for row in rows_of(response)] == ["C制药"]


@pytest.mark.covers("S1-30", "S1-37", "S1-39")
def test_saving_packs_and_full_width_digits(worked, client_of):
    response = post(worked, client_of, "other", A="2,988", B="", C="１００盒")

    assert "已保存，合同量在允许范围内" in text_of(response)
    assert "已分配量 4,992 粒" in text_of(response)
    rows = {row[0][0]: row for row in rows_of(response)}
    assert (rows["A"][3], rows["A"][8]) == ("1,992", "2,390.40")
    assert rows["C"][1] == "= 100 盒"
    assert worked.row().state(Slot.OTHER) == SlotState.PLACED


@pytest.mark.parametrize(
    ("typed", "words"),
    [("976", "还差 48 粒"), ("1024", "超出 48 粒"), ("", "合同量都是空的")],
)
def test_outside_the_bounds_it_is_kept_as_a_draft(worked, client_of, typed, words):
    response = post(worked, client_of, "lowest", B=typed)

    assert words in text_of(response)
    assert make.pool_of(worked.products["B"]).allocated == 0


@pytest.mark.parametrize(
    ("typed", "words"), [("十盒", "不是整数"), ("12.5", "不是整数"), ("100片", "不认识单位")]
)
def test_what_cannot_be_read_is_refused_and_kept(worked, client_of, typed, words):
    response = post(worked, client_of, "lowest", B=typed)

    assert response.status_code == 422
    assert words in text_of(response)
    assert f'value="{typed}"' in response.content.decode()
    with whole_country(reason="test"):
        assert not SlotLine.objects.filter(slot=Slot.LOWEST).exists()


@pytest.mark.covers("S1-40", "S1-41")
def test_a_refusal_says_by_how_much_and_keeps_what_was_typed(
    worked, institutions, alliance_officer, client_of
):
    project = make.allocation_project(institutions, code="FL2")
    worked.products = make.worked_products(project, {"A": 900})
    make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
    worked.project = make.published(project, alliance_officer)

    response = post(worked, client_of, "highest", A="125盒")

    text = text_of(response)
    assert response.status_code == 409
    assert "剩余产能 900 粒，这次要增加 4,500 粒，超出 3,600 粒" in text
    assert 'value="125盒"' in response.content.decode()
    assert "产能不足转其他" in text
    assert "其余 2,400 粒 转入“其他中选企业分配量”" in text


def test_moving_the_rest_from_the_page(worked, institutions, alliance_officer, client_of):
    project = make.allocation_project(institutions, code="FL2")
    worked.products = make.worked_products(project, {"A": 900})
    make.volume(project, worked.hospital, make.UNSELECTED, 12_503)
    worked.project = make.published(project, alliance_officer)
    client = client_of(worked.clerk)

    text = text_of(client.post(f"{address(worked, 'highest')}move/", follow=True))

    assert "剩余产能已全部占用，已转其他中选企业 2,400 粒" in text
    assert "待分配量 7,402 粒" in text
    locked = client.get(address(worked, "highest"))
    assert "产能不足，已转其他中选企业" in text_of(locked)
    assert 'form="slot-form"' not in locked.content.decode()


def test_a_suggestion_without_a_script(worked, client_of):
    client = client_of(worked.clerk)
    page = client.get(address(worked, "lowest"))
    sent = fields(worked, page, B="7") | {"suggest": str(worked.products["B"].pk)}

    response = client.post(address(worked, "lowest"), sent)

    assert 'value="1008"' in response.content.decode()
    assert worked.row().state(Slot.LOWEST) == SlotState.EMPTY


def test_clearing(worked, client_of):
    post(worked, client_of, "lowest", B="1008")
    response = client_of(worked.clerk).post(f"{address(worked, 'lowest')}clear/", follow=True)

    assert "已清空合同量" in text_of(response)
    assert make.pool_of(worked.products["B"]).allocated == 0


def test_two_pages_of_one_slot(worked, client_of):
    client = client_of(worked.clerk)
    page = client.get(address(worked, "lowest"))
    client.post(address(worked, "lowest"), fields(worked, page, B="1008"))

    response = client.post(address(worked, "lowest"), fields(worked, page, B="984"))

    assert response.status_code == 409
    assert "已被保存为：B制药 1,008" in text_of(response)
    assert f"（{worked.clerk.name}，" in text_of(response)
    assert make.pool_of(worked.products["B"]).allocated == 1_008


@pytest.mark.covers("S1-45")
def test_a_confirmed_row_is_read_only(worked, client_of, fill):
    fill(worked)
    client = client_of(worked.clerk)
    page = client.get(address(worked, "lowest"))

    refused = client.post(address(worked, "lowest"), fields(worked, page, B="984"))

    assert "已确认的记录无法重新分量" in text_of(page)
    assert page.content.decode().split("data-slot-input", 1)[1].split()[0] == "disabled"
    assert refused.status_code == 409


def test_readers_may_look_but_not_save(worked, client_of):
    client = client_of(sub_account_of(worked.clerk))
    page = client.get(address(worked, "lowest"))

    assert 'form="slot-form"' not in page.content.decode()
    sent = fields(worked, page, B="1008")
    assert client.post(address(worked, "lowest"), sent).status_code == 403
