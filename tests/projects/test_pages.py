"""What stands on the pages of projects, and what a page costs at one row and at fifty."""

import pytest
from django.urls import reverse

from apps.organizations.models import Tier
from apps.projects.models import Phase
from tests.factories import InstitutionFactory
from tests.factories_projects import (
    CatalogItemFactory,
    ProjectFactory,
    WinningProductFactory,
    enroll,
    open_windows,
    ready_project,
    walk_to,
)
from tests.pages import tags, words_of


def page(client, view: str, *args: str, **query: str) -> str:
    response = client.get(reverse(f"projects:{view}", args=args), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("rows", [1, 50])
@pytest.mark.parametrize(
    ("name", "budget"),
    [
        ("project_list", 8),
        ("project_detail", 16),
        ("who_may", 13),
        ("window_list", 9),
        ("participant_list", 9),
        ("participant_add", 9),
        ("item_list", 8),
        ("winner_list", 9),
    ],
)
def test_page_takes_constant_queries(
    name, budget, rows, tree, alliance_officer, client_of, django_assert_max_num_queries
):
    project = ready_project(tree["H42010600001"], code="FL-1")
    for number in range(rows - 1):
        WinningProductFactory(item__project=project, supplied=[tree["42"], tree["14"]])
        enroll(project, InstitutionFactory(parent=tree["420106"]))
        InstitutionFactory(parent=tree["420106"])
        open_windows(ProjectFactory(code=f"OTHER-{number}"))
    client = client_of(alliance_officer)
    arguments = () if name == "project_list" else ("FL-1",)
    page(client, name, *arguments)  # the session's first visit writes

    with django_assert_max_num_queries(budget):
        page(client, name, *arguments, per_page="100")


def test_project_list_finds_by_pinyin_and_says_what_to_do_when_empty(
    tree, alliance_officer, hospital_clerk, client_of
):
    ProjectFactory(code="FL-1", name="丹参类分量")
    ProjectFactory(code="FL-2", name="银杏叶分量")

    found = page(client_of(alliance_officer), "project_list", name="dsl")
    nothing = page(client_of(hospital_clerk), "project_list")

    assert words_of(found, "a") >= {"丹参类分量"}
    assert "银杏叶分量" not in found
    assert "还没有项目" in nothing
    assert "项目发布后会出现在这里。" in nothing


@pytest.mark.parametrize(
    ("persona", "phase", "buttons"),
    [
        ("alliance_officer", Phase.DRAFT, {"删除", "复制", "编辑", "进入筹备"}),
        ("alliance_officer", Phase.PREPARING, {"复制", "编辑", "发布"}),
        ("alliance_officer", Phase.PUBLISHED, {"复制", "编辑", "进入审核"}),
        ("province_officer", Phase.PREPARING, {"报量和审核方式"}),
        ("province_officer", Phase.PUBLISHED, {"报量和审核方式", "进入审核"}),
        ("city_reviewer", Phase.PUBLISHED, {"进入审核"}),
        ("hospital_clerk", Phase.PUBLISHED, {"进入采购量分配"}),
        ("hospital_clerk", Phase.CONCLUDED, set()),
    ],
)
def test_project_detail_offers_what_can_be_done(persona, phase, buttons, tree, client_of, request):
    project = ProjectFactory()
    enroll(project, tree["H42010600001"])
    walk_to(project, phase)

    shown = page(client_of(request.getfixturevalue(persona)), "project_detail", project.code)

    offered = {
        "删除",
        "复制",
        "编辑",
        "进入筹备",
        "发布",
        "报量和审核方式",
        "进入审核",
        "进入采购量分配",
    }
    links = words_of(shown, "a")
    assert links & offered == buttons


def test_project_detail_lists_what_is_missing_with_the_way_there(
    tree, alliance_officer, province_officer, client_of
):
    project = ProjectFactory()
    enroll(project, tree["H42010600001"])
    walk_to(project, Phase.PREPARING)

    shown = page(client_of(alliance_officer), "project_detail", project.code)

    window_edit = reverse("projects:window_edit", args=[project.code])
    assert len(tags(shown, "a", href=window_edit)) == 3
    assert "还没有目录，请导入。" in shown
    assert "发布之前还要完成" not in page(
        client_of(province_officer), "project_detail", project.code
    )


def test_project_detail_shows_policies_in_words(tree, hospital_clerk, client_of):
    project = ProjectFactory(
        chain=["county", "city", "province"], share_lowest="0.2", share_other="0.5"
    )
    enroll(project, tree["H42010600001"])
    walk_to(project, Phase.PUBLISHED)

    shown = words_of(page(client_of(hospital_clerk), "project_detail", project.code), "dd")

    values = " ".join(shown)
    assert "医疗机构 → 区县医保 → 市医保 → 省医保 → 联采办非默认" in values
    assert "20%非默认" in values
    assert "80%约定采购量占填报量的比例" in values


def test_participants_are_counted_by_area(tree, alliance_officer, province_officer, client_of):
    project = ready_project(*(unit for unit in tree.values() if unit.tier == Tier.INSTITUTION))

    national = words_of(page(client_of(alliance_officer), "project_detail", project.code), "tr")
    provincial = words_of(page(client_of(province_officer), "project_detail", project.code), "tr")

    assert national >= {"山西省 1 0 1", "湖北省 5 0 5"}
    assert provincial >= {"武汉市 3 0 3", "黄石市 1 0 1", "直属机构 1 0 1"}
    assert not any("山西" in row for row in provincial)


def test_catalogue_pages_show_terms_and_supply(tree, hospital_clerk, client_of):
    project = ProjectFactory()
    CatalogItemFactory(project=project, item_code="B", variety="银杏叶片")
    WinningProductFactory(
        item__project=project, item__item_code="A", capacity=None, supplied=[tree["42"]]
    )
    enroll(project, tree["H42010600001"])
    walk_to(project, Phase.PUBLISHED)
    client = client_of(hospital_clerk)

    items = page(client, "item_list", project.code, selected="no")
    winners = page(client, "winner_list", project.code)

    assert "银杏叶片" in items
    assert "复方丹参片" not in items
    assert {"28.80", "36", "52%", "不限", "主供", "湖北"} <= words_of(winners, "td")
    assert tags(winners, "input", name="selected") == []


def test_region_filter_offers_what_lies_below(tree, alliance_officer, province_officer, client_of):
    project = ready_project(*(unit for unit in tree.values() if unit.tier == Tier.INSTITUTION))

    all_of_it = page(client_of(alliance_officer), "participant_list", project.code)
    hubei = page(client_of(alliance_officer), "participant_list", project.code, province="42")
    wuhan = page(
        client_of(alliance_officer), "participant_list", project.code, province="42", city="420100"
    )
    own = page(client_of(province_officer), "participant_list", project.code, city="420200")

    assert [tag["name"] for tag in tags(all_of_it, "select") if "name" in tag][:1] == ["province"]
    assert "武汉市" in words_of(hubei, "option")
    assert words_of(wuhan, "th") >= {"武昌区人民医院", "武汉市第一医院"}
    assert "黄石港区人民医院" not in words_of(wuhan, "th")
    assert words_of(own, "th") >= {"黄石港区人民医院"}
    assert tags(own, "select", name="province") == []


def test_unknown_region_shows_nothing_rather_than_everything(tree, province_officer, client_of):
    project = ready_project(tree["H42010600001"], tree["H14010500001"])

    shown = page(client_of(province_officer), "participant_list", project.code, city="140100")

    assert "小店区人民医院" not in shown
