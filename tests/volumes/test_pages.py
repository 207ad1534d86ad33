"""The pages: what each tier sees of bases and agreed volumes, and the alliance's acts through them."""

import io
from collections.abc import Callable
from decimal import Decimal

import pgtrigger
import pytest
from django.test import Client
from openpyxl import load_workbook

from apps.accounts.models import User
from apps.scope.context import whole_country
from apps.volumes.models import AgreedTerms, AgreedVersion, Conversion
from tests import factories_demand as make
from tests.cast import Tree
from tests.pages import tags, words_of
from tests.volumes import rounds
from tests.volumes.conftest import Stage

ClientOf = Callable[[User], Client]
PAGES = ("base/", "base/generate/", "base/conversions/", "agreed/", "agreed/rules/", "agreed/units/",
         "agreed/results/", "agreed/what-if/")  # fmt: skip


def read(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def cells(page: str) -> list[str]:
    return [tag.words for tag in tags(page, "td", "th")]


def row_of(page: str, start: str) -> list[str]:
    """The words of a table's row whose head starts so."""
    found = cells(page)
    at = next(i for i, words in enumerate(found) if words.startswith(start))
    return found[at : at + 8]


def test_every_page_of_the_alliance_works_before_anything_is_generated(
    stage: Stage, client_of: ClientOf
) -> None:
    client = client_of(stage.officer)

    pages = {page: read(client, stage.url(page)) for page in PAGES}

    assert "还没有计算基数" in pages["base/"]
    assert "请先发布计算基数" in pages["agreed/"]
    assert "还没有计算基数" in pages["agreed/what-if/"]


@pytest.mark.covers("S2-08")
def test_the_alliance_aggregates_reviews_and_publishes_the_base(
    stage: Stage, client_of: ClientOf, province_officer: User
) -> None:
    client = client_of(stage.officer)
    province = client_of(province_officer)

    client.post(stage.url("base/generate/"))
    hidden = read(province, stage.url("base/"))
    client.post(stage.url("base/act/"), {"action": "review", "version": "1"})
    client.post(stage.url("base/act/"), {"action": "publish", "version": "1"})
    nation = read(client, stage.url("base/"))
    own = read(province, stage.url("base/"))

    assert "还没有计算基数" in hidden
    assert row_of(nation, "测试片甲单元")[3] == "1,234"
    assert row_of(own, "测试片甲单元")[3] == "1,233"
    assert row_of(own, "测试片乙单元")[3] == "12,506"


def test_every_tier_sees_its_own_and_how_it_came_about(
    stage: Stage, client_of: ClientOf, province_officer: User, city_reviewer: User,
    hospital_clerk: User, neighbour_clerk: User,
) -> None:  # fmt: skip
    rounds.published_base(stage.project, stage.officer)
    rounds.published_agreed(stage.project, stage.officer)
    people = [stage.officer, province_officer, city_reviewer, hospital_clerk, neighbour_clerk]

    lists = [read(client_of(person), stage.url("agreed/")) for person in people]

    agreed = [row_of(page, "测试片甲单元")[5] for page in lists]
    assert agreed == ["739", "739", "679", "420", "0"]
    links = [tag["href"] for tag in tags(lists[3], "a") if "/items/" in tag.get("href", "")]
    explained = read(client_of(hospital_clerk), links[0].replace("&amp;", "&"))
    assert "700 × 60%" in words_of(explained, "td")
    assert "420 片" in words_of(explained, "td")
    foreign = client_of(neighbour_clerk).get(links[0] + "&unit=1")
    assert foreign.status_code == 404


def test_the_explanation_of_every_rule_names_its_numbers(stage: Stage, client_of: ClientOf) -> None:
    rounds.published_base(stage.project, stage.officer)
    rounds.generated(stage.project, stage.officer)
    client = client_of(stage.officer)
    listed = read(client, stage.url("agreed/"))
    links = [tag["href"] for tag in tags(listed, "a") if "/items/" in tag.get("href", "")]

    told = [words_of(read(client, link), "td") for link in links]

    assert {
        "1,234 × 60%",
        "740.4 片",
        "739 片",
        "按中选企业数定带量比例：2 家中选、一般品种",
    } - told[0] == set()
    assert {"竞争单元内降幅最高，保留 100%", "10,041 片"} - told[1] == set()
    assert {"按降幅分基础量和调剂量：降幅 50.5%，基础量 55.5% + 调剂量 34.5%", "555 片"} - told[
        2
    ] == set()
    assert {"59,031 片", "35,418 片", "14,167 片", "9,446 片", "丁1厂"} - told[3] == set()


def test_a_folded_item_is_explained_in_its_own_units(
    tree: Tree, alliance_officer: User, client_of: ClientOf
) -> None:
    reports = {tree["H42010600001"]: {"A": 101, "B": 60, "C": 7}}
    project = rounds.approved_round(
        reports, alliance_officer, units={"A": "甲单元", "B": "甲单元", "C": "乙单元"}
    )
    with whole_country(reason="test"):
        items = make.items_of(project)
        Conversion.objects.create(
            project=project, item=items["B"], main=items["A"], coefficient=Decimal("0.5")
        )
    rounds.won(project, ("A", "甲厂", "60", None))
    rounds.published_base(project, alliance_officer)
    rounds.generated(project, alliance_officer)
    client = client_of(alliance_officer)

    told = {
        code: words_of(
            read(client, f"/analysis/{project.code}/agreed/items/{items[code].pk}/"), "td"
        )
        for code in ("B", "C")
    }

    assert {"审核通过的填报量，折合主规格 A 30 片", "60 片", "60 × 50%", "30 片"} - told[
        "B"
    ] == set()
    assert {"没有企业中选", "0 家"} - told["C"] == set()


def test_whose_the_kept_part_is_and_the_national_ranks_are_shown_to_every_tier(
    stage: Stage, client_of: ClientOf, province_officer: User, hospital_clerk: User
) -> None:
    rounds.published_base(stage.project, stage.officer)
    rounds.published_agreed(stage.project, stage.officer)
    ranked = make.items_of(stage.project)["D"].pk

    pages = [
        cells(read(client_of(person), stage.url(f"agreed/items/{ranked}/")))
        for person in (stage.officer, province_officer, hospital_clerk)
    ]

    for told in pages:
        at = told.index("第 1 名 丁1厂")
        assert told[at : at + 3] == ["第 1 名 丁1厂", "保留量归属", "35,418 片"]
        at = told.index("第 2 名")
        assert told[at : at + 5] == ["第 2 名", "丁2厂", "14,167", "24.00%", "14,167"]


def test_versions_in_main_specifications_say_so(stage: Stage, client_of: ClientOf) -> None:
    rounds.published_base(stage.project, stage.officer)
    version = rounds.published_agreed(stage.project, stage.officer)
    client, item = client_of(stage.officer), make.items_of(stage.project)["A"].pk
    pages = ("agreed/", "agreed/?by=main", f"agreed/items/{item}/")
    now = [read(client, stage.url(page)) for page in pages]
    with whole_country(reason="test"), pgtrigger.ignore():
        AgreedVersion.objects.filter(pk=version.pk).update(is_by_item=False)
        AgreedTerms.objects.filter(version=version).update(main=None)

    before = [read(client, stage.url(page)) for page in pages]

    assert all("按主规格计算的早先版本" in page for page in before)
    assert all("早先版本" not in page for page in now)
    assert row_of(before[1], "测试片甲单元")[3] == "1,234"


def test_a_narrowed_page_stays_with_its_unit_and_version(
    stage: Stage, client_of: ClientOf, province_officer: User
) -> None:
    rounds.published_base(stage.project, stage.officer)
    rounds.published_agreed(stage.project, stage.officer)
    client = client_of(province_officer)
    listed = read(client, stage.url("agreed/"))
    link = next(tag["href"] for tag in tags(listed, "a") if "/items/" in tag.get("href", ""))
    below = read(client, link)
    city = next(t["href"] for t in tags(below, "a") if "unit=" in t.get("href", ""))

    narrowed = read(client, f"{city}&unit_name=420106")

    kept = {tag["name"]: tag["value"] for tag in tags(narrowed, "input", type="hidden")}
    assert kept["version"] == "1"
    assert f"unit={kept['unit']}" in city


def test_nothing_is_offered_that_a_published_version_forbids(
    stage: Stage, client_of: ClientOf
) -> None:
    """A withdrawn version is looked at while another one is published; the base holds agreed volumes up."""
    client = client_of(stage.officer)
    rounds.published_base(stage.project, stage.officer)
    client.post(stage.url("base/act/"), {"action": "withdraw", "version": "1", "reason": "重算"})
    rounds.published_base(stage.project, stage.officer)
    alone = read(client, stage.url("base/"))
    rounds.published_agreed(stage.project, stage.officer)
    client.post(stage.url("agreed/act/"), {"action": "withdraw", "version": "1", "reason": "重算"})
    rounds.published_agreed(stage.project, stage.officer)

    old_base = words_of(read(client, stage.url("base/?version=1")), "a", "button")
    base = words_of(read(client, stage.url("base/")), "a", "button")
    old_agreed = words_of(read(client, stage.url("agreed/?version=1")), "a", "button")
    agreed = words_of(read(client, stage.url("agreed/")), "a", "button")

    assert {"汇总生成", "重新生成", "导入折算系数"}.isdisjoint(old_base)
    assert {"生成", "重新生成"}.isdisjoint(old_agreed)
    assert "撤销发布" in words_of(alone, "button")
    assert "撤销发布" not in base
    assert "撤销发布" in agreed


def test_shares_of_ranks_say_that_they_are_converted(stage: Stage, client_of: ClientOf) -> None:
    client = client_of(stage.officer)
    rounds.set_unit(stage.project, "丁单元", rule="r6", winners=4)
    rounds.published_base(stage.project, stage.officer)
    rounds.generated(stage.project, stage.officer)
    item = make.items_of(stage.project)["D"].pk

    detail = words_of(read(client, stage.url(f"agreed/items/{item}/")), "th")
    summed = words_of(read(client, stage.url("agreed/?by=main")), "th")
    vacant = cells(read(client, stage.url("agreed/vacancies/")))
    file = client.get(stage.url("agreed/export/"))
    book = load_workbook(io.BytesIO(file.getvalue()))

    assert "全国竞争单元合计（按主规格折算，片）" in detail
    figures = {f"{name}（折合主规格）" for name in ("约定采购量", "保留量", "待分配（调剂）量")}
    assert figures <= summed
    assert figures <= {cell.value for row in book["按主规格"].iter_rows() for cell in row}
    assert "约定采购量（按主规格折算）" in vacant
    assert vacant[-2:] == ["7,381", "片"]
