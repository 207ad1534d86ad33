"""What people do on the pages: each form saves, refuses in words, and keeps what was typed."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from apps.organizations.models import Tier
from apps.projects.files.columns import CATALOGUE, ITEMS, PARTICIPANT_LIST, PARTICIPANTS, WINNERS
from apps.projects.models import (
    CatalogItem,
    Participation,
    Phase,
    Project,
    ProjectWindow,
    ProvinceSettings,
    ProvinceWindow,
    WinningProduct,
)
from apps.scope.context import whole_country
from tests.factories_projects import (
    CatalogItemFactory,
    ProjectFactory,
    enroll,
    open_windows,
    ready_project,
    walk_to,
)
from tests.pages import all_of, shown, tags, words_of
from tests.projects.workbook_files import ITEM, WINNER, upload

FORM = {
    "code": "FL-2026", "name": "第一批分量", "kind": "allocation", "product_type": "tcm",
    "description": "", "chain": ["city", "province"], "gate": "lenient", "approval": "batch",
    "institution_withdrawal": "none", "bureau_withdrawal": "direct", "agreed_ratio": "80",
    "rounding": "down", "pack_rounding": "down",
    "appeal_days": "7", "answer_days": "5", "keep_other": "90", "share_lowest": "20", "share_highest": "30",
    "share_other": "50", "capacity_counts_confirmed": "on",
    "baseline_years": "2025、2024", "explanation_scope": "line",
    "explanation_direction": "decrease", "explanation_threshold": "20", "attachment": "none",
}  # fmt: skip


@pytest.fixture
def office(alliance_officer, client_of):
    return client_of(alliance_officer)


def url(view: str, *args: str) -> str:
    return reverse(f"projects:{view}", args=args)


@pytest.fixture(autouse=True)
def _seen(country):
    """The assertions look at everything; requests bring their own scope."""


@pytest.mark.covers("S0-03")
def test_project_create_saves_a_draft(office):
    response = office.post(url("project_create"), FORM)

    assert response["Location"] == url("project_detail", "FL-2026")
    project = Project.objects.get()
    assert (project.phase, project.share_lowest, project.chain) == (
        Phase.DRAFT,
        Decimal("0.2"),
        ["city", "province"],
    )


def test_project_form_starts_with_the_defaults_and_explains_them(office):
    page = office.get(url("project_create")).content.decode()

    ticked = {tag["value"] for tag in tags(page, "input", name="chain") if "checked" in tag}
    assert ticked == {"city", "province"}
    kinds = {"报量", "历史采购量", "分量"}
    assert words_of(page, "option") >= kinds | {"药品", "中成药", "耗材"}
    assert "默认：80%。" in page


REFUSED = {
    "shares": ({"share_other": "60"}, "三个份额之和必须等于 100%，现在是 110%。"),
    "chain": ({"chain": ["city"]}, "审核层级必须包含省医保。"),
    "ratio": ({"agreed_ratio": "120"}, "0 到 100 之间"),
    "code": ({"code": "create"}, "“create”不能用作项目编码，请换一个。"),
    "kind": ({"kind": "auction"}, "选择一个有效的选项"),
    "years": ({"kind": "demand", "baseline_years": "去年"}, "请填写四位年份，多个年份用顿号隔开"),
}


@pytest.mark.parametrize(("change", "sentence"), REFUSED.values(), ids=REFUSED)
def test_project_form_refuses_in_words_and_keeps_what_was_typed(change, sentence, office):
    page = office.post(
        url("project_create"), FORM | {"name": "打好的名字"} | change
    ).content.decode()

    assert sentence in page
    assert tags(page, "input", name="name")[0]["value"] == "打好的名字"
    assert not Project.objects.exists()


def test_project_form_begins_with_the_usual_percentages(office):
    page = office.get(url("project_create")).content.decode()

    shown = {each["name"]: each["value"] for each in tags(page, "input", inputmode="decimal")}
    assert shown["agreed_ratio"] == "80"
    assert shown["explanation_threshold"] == "20"
    assert "" not in shown.values()


def test_project_form_ignores_what_other_kinds_of_task_know(office):
    change = {"baseline_years": "去年", "explanation_threshold": "9"}
    office.post(url("project_create"), FORM | change)
    shares = {"code": "BL-2026", "kind": "demand", "share_other": "0.9", "agreed_ratio": "x"}
    office.post(url("project_create"), FORM | shares)

    allocation, demand = Project.objects.order_by("pk")
    assert (allocation.share_other, allocation.baseline_years) == (
        Decimal("0.5"),
        Project().baseline_years,
    )
    assert (demand.baseline_years, demand.share_other) == (
        [2024, 2025],
        Project().share_other,
    )


def test_project_form_refuses_a_code_in_use(office):
    ProjectFactory(code="FL-2026")

    page = office.post(url("project_create"), FORM).content.decode()

    assert "项目编码" in page
    assert Project.objects.count() == 1


def test_project_edit_of_a_published_one_keeps_the_policies(office, tree):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)

    edit = url("project_edit", project.code)
    office.post(edit, FORM | shown(office, edit) | {"description": "更正"})

    project.refresh_from_db()
    assert (project.description, project.share_lowest) == ("更正", Decimal(0))


def test_project_copy_prepare_and_delete(office):
    project = ProjectFactory()
    CatalogItemFactory(project=project)

    office.post(
        url("project_copy", project.code), {"code": "COPY", "name": "副本", "catalogue": "on"}
    )
    office.post(url("project_prepare", "COPY"))
    office.post(url("project_delete", project.code))

    copy = Project.objects.get()
    assert (copy.code, copy.phase, copy.items.count(), copy.copied_from) == (
        "COPY",
        Phase.PREPARING,
        1,
        None,
    )


def _span(tier: str, opens: str, closes: str, clock: str = "24:00") -> dict[str, str]:
    return {
        f"{tier}-opens_at_0": opens, f"{tier}-opens_at_1": "9:00",
        f"{tier}-closes_at_0": closes, f"{tier}-closes_at_1": clock, f"{tier}-is_on": "on",
    }  # fmt: skip


@pytest.mark.covers("S0-08")
def test_window_edit_saves_every_tier_and_shows_24_00(office):
    project = ProjectFactory()
    data = (
        _span("institution", "2026-11-20", "2026-11-25")
        | _span("city", "2026-11-20", "2026-11-27")
        | _span("province", "2026-11-20", "2026-11-30", "16:00")
        | _span("alliance", "", "")
        | {"alliance-opens_at_1": "", "alliance-closes_at_1": ""}
    )

    edit = url("window_edit", project.code)
    response = office.post(edit, data | shown(office, edit))
    page = office.get(response["Location"]).content.decode()

    assert ProjectWindow.objects.count() == 3
    assert {"2026-11-25 24:00", "2026-11-30 16:00"} <= words_of(page, "td")


def test_window_edit_saves_nothing_if_one_row_is_wrong(office):
    project = ProjectFactory()
    data = _span("institution", "2026-11-20", "2026-11-25") | _span(
        "city", "2026-11-27", "2026-11-20"
    )

    edit = url("window_edit", project.code)
    page = office.post(edit, data | shown(office, edit)).content.decode()

    assert "结束时间必须晚于开始时间。" in page
    assert tags(page, "input", name="institution-closes_at_1")[0]["value"] == "24:00"
    assert not ProjectWindow.objects.exists()


def test_window_switch_turns_a_tier_off(office, tree):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)

    office.post(url("window_switch", project.code, "city"), {"is_on": "0"})
    page = office.get(url("window_list", project.code)).content.decode()

    assert ProjectWindow.objects.get(tier=Tier.CITY).is_on is False
    assert "开关已关" in page
    assert office.post(url("window_switch", project.code, "moon")).status_code == 404


def test_who_may_answers_for_any_moment(office, tree):
    project = ready_project(tree["H42010600001"], tree["H14010500001"])
    now = timezone.localtime()
    ProvinceWindow.objects.create(
        project=project, province=tree["42"], path=tree["42"].path, tier=Tier.INSTITUTION,
        opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=2),
    )  # fmt: skip
    walk_to(project, Phase.PUBLISHED)
    later = now + timedelta(days=3)

    at_once = office.get(url("who_may", project.code)).content.decode()
    in_time = office.get(
        url("who_may", project.code), {"at_0": f"{later:%Y-%m-%d}", "at_1": f"{later:%H:%M}"}
    ).content.decode()

    assert "湖北省 可操作" in " ".join(words_of(at_once, "tr"))
    hubei = next(row for row in words_of(in_time, "tr") if row.startswith("湖北省"))
    shanxi = next(row for row in words_of(in_time, "tr") if row.startswith("山西省"))
    assert hubei.startswith("湖北省 已结束")
    assert shanxi == "山西省 可操作 可操作 可操作"


def test_province_edit_saves_chain_and_narrower_window(province_officer, client_of, tree):
    project = ready_project(tree["H42010600001"])
    national = ProjectWindow.objects.get(tier=Tier.INSTITUTION).window
    end = timezone.localtime(national.closes_at) - timedelta(days=2)
    start = timezone.localtime(national.opens_at) + timedelta(days=1)
    client = client_of(province_officer)
    data = {
        "chain": ["county", "province"],
        "institution-opens_at_0": f"{start:%Y-%m-%d}", "institution-opens_at_1": f"{start:%H:%M}",
        "institution-closes_at_0": f"{end:%Y-%m-%d}", "institution-closes_at_1": "24:00",
        "institution-is_on": "on",
    }  # fmt: skip

    edit = url("province_edit", project.code)
    assert client.post(edit, data | shown(client, edit)).status_code == 302

    assert ProvinceSettings.objects.get().chain == ["county", "province"]
    assert ProvinceWindow.objects.get().province == tree["42"]
    page = client.get(edit).content.decode()
    assert tags(page, "input", name="institution-closes_at_1")[0]["value"] == "24:00"

    wider = data | {"institution-closes_at_0": f"{national.closes_at:%Y}-12-31"}
    refused = client.post(edit, wider | shown(client, edit)).content.decode()
    assert "只能在全国时间" in refused
    assert ProvinceWindow.objects.get().closes_at < national.closes_at


def test_participants_are_chosen_by_filter_and_changed_by_tick(office, tree):
    project = ProjectFactory()

    city = url("participant_add", project.code) + "?province=42&city=420100"
    office.post(city, all_of(office, city) | {"action": "voluntary"})
    first = Participation.objects.order_by("path").first()
    office.post(
        url("participant_change", project.code), {"selected": [first.pk], "action": "required"}
    )
    found = all_of(office, url("participant_list", project.code) + "?name=中医")
    office.post(
        url("participant_change", project.code) + "?name=中医", found | {"action": "remove"}
    )

    assert dict(Participation.objects.values_list("organization__code", "obligation")) == {
        "H42010000001": "voluntary" if first.organization.code != "H42010000001" else "required",
        "H42010600001": "required" if first.organization.code == "H42010600001" else "voluntary",
    }


def test_participants_of_a_published_project_stay(office, tree):
    project = walk_to(ready_project(tree["H42010600001"]), Phase.PUBLISHED)

    response = office.post(
        url("participant_change", project.code),
        {"selected": [Participation.objects.get().pk], "action": "remove"},
        follow=True,
    )

    assert "不能再修改" in response.content.decode()
    assert Participation.objects.count() == 1


def _upload(client, address, file):
    """Upload, then confirm what the check found."""
    sent = SimpleUploadedFile("目录.xlsx", file.read())
    checked = client.post(address, {"file": sent})
    token = parse_qs(urlsplit(checked["Location"]).query)["upload"]
    outcome = client.get(checked["Location"]).content.decode()
    return outcome, client.post(f"{address}?upload={token[0]}", follow=True)


def test_catalogue_import_page_checks_then_imports(office, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    project = ProjectFactory()
    file = upload(CATALOGUE, {ITEMS: [ITEM], WINNERS: [WINNER | {"供应省": None}]})

    outcome, done = _upload(office, url("catalogue_import", project.code), file)

    assert "导入" in outcome
    assert done.redirect_chain[-1][0] == url("item_list", project.code)
    assert CatalogItem.objects.filter(project=project).count() == 1
    assert WinningProduct.objects.get().supplied == "全部"


def test_catalogue_import_page_names_problems_and_writes_nothing(office, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    project = ProjectFactory()
    file = upload(CATALOGUE, {ITEMS: [ITEM, ITEM | {"品规编号": "Z2", "日均使用量": 0}]})

    outcome, _ = _upload(office, url("catalogue_import", project.code), file)

    assert {"目录", "3", "日均使用量"} <= words_of(outcome, "td", "th")
    assert not CatalogItem.objects.exists()


def test_participant_import_page_enrols_the_list(office, tree, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    project = ProjectFactory()
    file = upload(PARTICIPANT_LIST, {PARTICIPANTS: [{"机构编码": "H42010600001"}]})

    _upload(office, url("participant_import", project.code), file)

    assert Participation.objects.get().organization == tree["H42010600001"]


@pytest.mark.parametrize("view", ["catalogue_export", "participant_export"])
def test_exports_are_workbooks(view, office, tree):
    project = ready_project(tree["H42010600001"])

    response = office.get(url(view, project.code))

    assert b"".join(response.streaming_content).startswith(b"PK")
    assert "attachment" in response["Content-Disposition"]


def test_rows_are_removed_by_tick(office):
    project = ProjectFactory()
    item = CatalogItemFactory(project=project)
    CatalogItemFactory(project=project)

    office.post(url("item_remove", project.code), {"selected": [item.pk], "action": "remove"})

    assert CatalogItem.objects.count() == 1


def test_neighbour_s_forms_are_not_found(client_of, neighbour_officer, tree):
    project = ready_project(tree["H42010600001"])
    client = client_of(neighbour_officer)

    assert client.get(url("province_edit", project.code)).status_code == 404
    assert client.post(url("participant_add", project.code), {"selected": "1"}).status_code == 404
    with whole_country(reason="test"):
        assert Participation.objects.count() == 1


def test_alliance_s_window_is_optional_and_shown_when_set(office):
    project = ProjectFactory()
    open_windows(project, Tier.ALLIANCE)
    enroll(project)

    page = office.get(url("window_list", project.code)).content.decode()

    assert "联采办" in words_of(page, "th")
