"""The institution's pages without script: what they show, what their forms do, what they keep when refused."""

import json

import pgtrigger
import pytest
from django.urls import reverse

from apps.projects.models import Project
from apps.reporting.models import HistoryDoubt
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.allocation.reading import sheet_of
from tests.factories import PASSWORD
from tests.factories_review import put
from tests.pages import tags, words_of

pytestmark = pytest.mark.django_db


def url(page, **kwargs):
    return reverse(f"reporting:{page}", kwargs={"code": "BL", **kwargs})


@pytest.fixture
def clerk(round_, client_of):
    return client_of(round_.clerk)


def form_of(round_, **typed):
    """The page's rows with some quantities typed."""
    data = {"item": [], "act": "keep", "version": "0"}
    for code in ("P0001", "P0002", "P0003", "P0004"):
        pk = round_.item(code)
        line = round_.line(code)
        data["item"].append(pk)
        data[f"seen-{pk}"] = line.version if line else 0
        data[f"planned-{pk}"] = typed.get(code, "" if line is None else line.planned)
        data[f"words-{pk}"] = (line and line.explanation) or ""
    return data


@pytest.mark.covers("S2-17", "S2-24")
def test_the_entry_page_shows_the_sheet_and_the_window(clerk):
    page = clerk.get(url("demand_edit")).content.decode()

    headings = {heading.replace(" ", "") for heading in words_of(page, "th")}
    for row in ("测试片1P0001·5mg×28片", "测试片4P0004·5mg×28片"):
        assert any(heading.startswith(row) for heading in headings)
    shown = " ".join(words_of(page, "span"))
    assert "上报开关 开" in shown
    assert "可操作时间" in shown
    assert "剩余时间" in shown


def test_typed_rows_are_kept_whatever_else_happens(clerk, round_):
    answer = clerk.post(url("demand_edit"), form_of(round_, P0001="１００盒", P0002="abc"))

    assert answer.status_code == 422
    page = answer.content.decode()
    (field,) = tags(page, "input", name=f"planned-{round_.item('P0002')}")
    assert field["value"] == "abc"
    assert "不是整数" in page
    assert round_.line("P0001").planned == 2_800


@pytest.mark.covers("S2-18", "S2-19")
def test_save_needs_ticks_and_keeps_what_was_typed(clerk, round_):
    data = form_of(round_, P0001="2500", P0002="900")

    refused = clerk.post(url("demand_edit"), data | {"act": "save"}, follow=True)
    assert "请先勾选要保存的品规" in refused.content.decode()
    saved = clerk.post(
        url("demand_edit"),
        form_of(round_) | {"act": "save", "tick": [round_.item("P0001")]},
        follow=True,
    )

    assert "已保存 1 个品规" in saved.content.decode()
    assert (round_.line("P0001").is_saved, round_.line("P0002").is_saved) == (True, False)


def test_the_rest_is_zero_and_the_round_is_reported(clerk, round_):
    clerk.post(url("demand_edit"), form_of(round_, P0001="2800", P0002="900", P0003="100"))
    clerk.post(url("demand_edit"), form_of(round_) | {"act": "zero", "expected": "1"})

    done = clerk.post(url("demand_edit"), form_of(round_) | {"act": "report"}, follow=True)

    assert "已上报，待区县医保审核" in done.content.decode()
    assert round_.filing.state == Status.SUBMITTED


def test_where_the_project_asks_reporting_takes_the_password(clerk, round_):
    """The rows of the page are kept before it asks; what it sends again meets them as they are."""
    with whole_country(reason="test"), pgtrigger.ignore():
        Project.objects.filter(pk=round_.project.pk).update(asks_proof=True)
    assert 'name="proof"' in clerk.get(url("demand_edit")).content.decode()
    sent = form_of(round_, P0001="2800", P0002="900", P0003="100", P0004="0") | {"act": "report"}

    asked = clerk.post(url("demand_edit"), sent).content.decode()
    assert ("再次验证身份" in asked, round_.filing.state) == (True, Status.DRAFT)
    assert round_.line("P0001").planned == 2_800
    clerk.post(url("demand_edit"), sent | {"proof": PASSWORD})

    assert round_.filing.state == Status.SUBMITTED


def test_a_refused_report_says_what_is_missing(clerk, round_):
    data = form_of(round_, P0001="1") | {"act": "report"}

    page = clerk.post(url("demand_edit"), data, follow=True).content.decode()

    assert "还有 3 个品规没有填写" in page
    assert round_.line("P0001").planned == 1


def save(clerk, round_, *rows, settle=()):
    return clerk.post(
        url("demand_save"),
        json.dumps({"rows": rows, "settle": list(settle)}),
        content_type="application/json",
        headers={"Accept": "application/json"},
    )


def test_the_script_s_rows_are_saved_refused_and_collide_one_by_one(clerk, round_):
    first, second, third = (round_.item(code) for code in ("P0001", "P0002", "P0003"))
    save(clerk, round_, [third, "1", "", 0, False])

    answer = save(
        clerk, round_,
        [first, "2800", "业务量增长：新病区", 0, False], [second, "x", "", 0, False],
        [third, "2", "", 0, False],
        settle=[first, third],
    ).json()  # fmt: skip

    assert answer["rows"] == [[first, "2800", "业务量增长：新病区", 1, "", ["已保存", "success"]]]
    assert [row[:4] for row in answer["conflicts"]] == [[third, "1", "", 1]]
    assert answer["refused"][0][0] == second
    assert (round_.line("P0001").reason, round_.line("P0001").explanation) == ("growth", "新病区")
    assert not round_.line("P0003").is_saved


@pytest.mark.parametrize("body", ["", "[]", "{}", '{"rows": [[1]]}', '{"rows": 5}', "[" * 5000])
def test_nonsense_is_refused_calmly(clerk, body):
    answer = clerk.post(url("demand_save"), body, content_type="application/json")

    assert answer.status_code == 400


@pytest.mark.covers("S2-25")
def test_a_closed_switch_refuses_with_words(clerk, round_):
    round_.project.windows.model._base_manager.filter(project=round_.project).update(is_on=False)

    answer = save(clerk, round_, [round_.item("P0001"), "1", "", 0, False])

    assert answer.status_code == 409
    assert "不在填报时间内" in answer.json()["message"]
    assert "上报开关已关闭" in clerk.get(url("demand_edit")).content.decode()


def test_rows_for_the_script_hold_the_whole_sheet(clerk, round_):
    rows = clerk.get(url("demand_rows")).json()["rows"]

    assert [row[1] for row in rows] == ["P0001", "P0002", "P0003", "P0004"]
    assert rows[0][10:15] == [2_800, None, "", 0, ""]


def test_history_is_doubted_once(clerk, round_):
    doubt = {"item": round_.item("P0001"), "year": "2025", "claimed": "3000", "note": "订单合计"}

    first = clerk.post(url("demand_doubt"), doubt, follow=True).content.decode()
    second = clerk.post(url("demand_doubt"), doubt, follow=True).content.decode()

    assert "等待省医保核定" in first
    assert "正在等待省医保核定" in second
    assert HistoryDoubt._base_manager.count() == 1


@pytest.mark.parametrize(
    ("typed", "packs", "units"),
    [("1,827.00", 0, 1827), ("120盒", 120, 0), ("１２０片", 0, 120), ("1 827", 0, 1827)],
)
def test_a_doubt_reads_quantities_as_the_sheet_does(clerk, round_, typed, packs, units):
    doubt = {"item": round_.item("P0001"), "year": "2025", "claimed": typed, "note": "订单合计"}
    clerk.post(url("demand_doubt"), doubt)

    (kept,) = HistoryDoubt._base_manager.all()
    assert kept.claimed == packs * kept.item.pack_quantity + units


@pytest.mark.parametrize("typed", ["①", "٣", "1.5", "1,82", "-5", "120支"])
def test_a_doubt_refuses_what_the_sheet_refuses(clerk, round_, typed):
    doubt = {"item": round_.item("P0001"), "year": "2025", "claimed": typed, "note": "订单合计"}
    page = clerk.post(url("demand_doubt"), doubt, follow=True).content.decode()

    assert "采购量应为：" in page
    assert not HistoryDoubt._base_manager.exists()


@pytest.mark.covers("S2-16")
def test_varieties_are_found_by_name_and_pinyin(clerk):
    found = clerk.get(url("variety_list"), {"generic_name": "测试片2"}).content.decode()
    by_pinyin = clerk.get(url("variety_list"), {"generic_name": "csp"}).content.decode()

    assert words_of(found, "th") >= {"测试片2"}
    assert "测试片1" not in words_of(found, "th")
    assert words_of(by_pinyin, "th") >= {"测试片1", "测试片4"}


@pytest.mark.covers(
    "S2-26", "S2-27", "S2-28", "S2-29", "S2-30", "S2-31", "S2-32", "S2-33", "S2-34", "S2-35", "S2-36",
)  # fmt: skip
def test_results_have_every_column(clerk, round_):
    clerk.post(url("demand_edit"), form_of(round_, P0001="2800", P0002="1", P0003="100", P0004="0"))
    save(clerk, round_, [round_.item("P0002"), "1", "业务量下降", 1, False])
    clerk.post(url("demand_edit"), form_of(round_) | {"item": [], "act": "report"})

    page = clerk.get(url("result_list")).content.decode()

    heads = words_of(page, "th")
    for title in ("品规编号", "品种名称", "规格", "填报说明", "2025 年采购量", "预采购量", "增幅/降幅",
                  "增幅降幅说明", "维护及审核状态", "审核记录"):  # fmt: skip
        assert any(head.startswith(title) for head in heads), title
    cells = words_of(page, "td", "span")
    assert {
        "测试片2",
        "5mg×28片",
        "按片填报",
        "1,000",
        "1",
        "-99.9%",
        "业务量下降",
        "待区县医保审核",
    } <= cells
    assert any("上报" in cell for cell in cells)


@pytest.mark.covers("S2-37")
def test_results_are_filtered_and_cleared(clerk, round_):
    clerk.post(url("demand_edit"), form_of(round_, P0001="2800"))

    by_code = clerk.get(url("result_list"), {"item_code": "P0003"}).content.decode()
    by_status = clerk.get(url("result_list"), {"status": "暂存"}).content.decode()

    assert {"P0003"} == words_of(by_code, "th") & {"P0001", "P0002", "P0003", "P0004"}
    assert {"P0001"} == words_of(by_status, "th") & {"P0001", "P0002", "P0003", "P0004"}
    assert {"查询", "清空"} <= words_of(by_code, "button", "a")


@pytest.mark.covers("S2-38")
def test_export_asks_first(clerk):
    page = clerk.get(url("result_list")).content.decode()

    (link,) = tags(page, "a", data_dialog_done="")
    assert (link.words, link["href"]) == ("是", f"{url('result_export')}?")
    assert sheet_of(clerk, link["href"])[1][:2] == ("P0001", "测试片1")


@pytest.mark.covers("S2-39", "S2-40")
def test_reported_rows_are_withdrawn_by_ticks(clerk, round_):
    typed = form_of(round_, P0001="2800", P0002="900", P0003="100", P0004="0")
    clerk.post(url("demand_edit"), typed | {"act": "report"})

    answer = clerk.post(url("result_withdraw"), {"selected": [round_.item("P0002")]}, follow=True)

    assert "1 个品规标为待修改" in answer.content.decode()
    assert round_.line("P0002").to_correct
    put(Status.APPROVED, round_.filing)
    refused = clerk.post(url("result_withdraw"), {"selected": [round_.item("P0002")]}, follow=True)
    assert "不能撤回" in refused.content.decode()


@pytest.mark.covers("S2-41")
def test_past_batches_stay_to_be_read_and_exported(clerk, round_):
    assert "还没有历史批次" in clerk.get(reverse("reporting:history_list")).content.decode()
    type(round_.project)._base_manager.filter(pk=round_.project.pk).update(
        phase="closed", closed_at=round_.project.published_at
    )

    page = clerk.get(reverse("reporting:history_list"), {"batch": "BL"}).content.decode()

    assert "国采批次" in page
    assert words_of(page, "th") >= {"P0001"}
    assert sheet_of(clerk, f"{reverse('reporting:history_export')}?batch=BL")[1][0] == "P0001"
    assert clerk.get(reverse("reporting:history_list"), {"batch": "XX"}).status_code == 404


def test_pages_stay_small(clerk, tree, alliance_officer):
    hospital = tree["H42010600001"]
    big = make.demand_project([hospital], code="BIG", items=120)
    make.bought(big, hospital, dict.fromkeys(make.items_of(big), 1_000))
    make.published(big, alliance_officer)

    sizes = {
        page: len(clerk.get(url(page, code="BIG")).content)
        for page in ("demand_edit", "result_list")
    }

    assert all(size < 100 * 1024 for size in sizes.values()), sizes


def test_the_project_s_page_leads_to_the_sheet(clerk):
    page = clerk.get(reverse("projects:project_detail", args=["BL"])).content.decode()

    (door,) = [link for link in tags(page, "a") if link.words == "进入采购需求维护"]
    assert door["href"] == url("demand_edit")
    assert "中选企业" not in page
