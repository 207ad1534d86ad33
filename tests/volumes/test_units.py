"""A competition unit's own page, what is said before a generation, and the season's list of winners."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.projects.models import PrimaryProvince, SupplyProvince, WinningProduct, WinningTerms
from apps.scope.context import whole_country
from apps.volumes.domain.bases.totals import taking_part
from apps.volumes.domain.rules.cautions import cautions
from apps.volumes.domain.rules.rulebook import rules_of
from apps.volumes.models import ItemRule, UnitRule, VolumeRules
from tests import factories_demand as make
from tests.cast import Tree
from tests.pages import tags, words_of
from tests.volumes import rounds
from tests.volumes.conftest import Stage

ClientOf = Callable[[User], Client]
LINEAR = {"minimum": "40", "maximum": "60", "base": "40", "transfer": "50", "step": "2"}


def own_page(stage: Stage, code: str) -> str:
    return stage.url(f"agreed/units/{make.items_of(stage.project)[code].pk}/")


def fields_of(client: Client, url: str) -> dict[str, str]:
    """What the page would send unchanged."""
    page = client.get(url).content.decode()
    fields = {tag["name"]: tag.get("value", "") for tag in tags(page, "input") if "name" in tag}
    return fields | {"rule": "", "ratio_class": "normal", "sharing": "", "item-0-ratio_class": ""}


def said_of(stage: Stage) -> dict[str, list[str]]:
    with whole_country(reason="test"):
        return cautions(rules_of(stage.project), taking_part(stage.project))


def test_everything_of_a_unit_is_set_on_its_page(stage: Stage, client_of: ClientOf) -> None:
    client, url = client_of(stage.officer), own_page(stage, "C")
    linear = {f"linear_{name}": value for name, value in LINEAR.items()}

    saved = client.post(
        url,
        fields_of(client, url)
        | linear
        | {"rule": "r4", "sharing": "choice", "item-0-ratio_class": "strict"},
    )

    assert saved.status_code == 302
    with whole_country(reason="test"):
        rule = UnitRule.objects.get(competition_unit="丙单元")
        assert (rule.rule, rule.sharing, rule.linear_step) == ("r4", "choice", Decimal(2))
        assert ItemRule.objects.get().ratio_class == "strict"
    shown = fields_of(client, url)
    assert {name: shown[name] for name in linear} == linear
    client.post(url, shown | {"rule": "r4"} | dict.fromkeys(linear, ""))
    with whole_country(reason="test"):
        assert UnitRule.objects.get(competition_unit="丙单元").linear_step is None
        assert not ItemRule.objects.exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"linear_step": "3"}, "要么全部填写，要么全部空着"),
        ({f"linear_{n}": v for n, v in (LINEAR | {"maximum": "39"}).items()}, "不能低于最低降幅"),
        ({f"linear_{n}": v for n, v in (LINEAR | {"step": "9"}).items()}, "调剂量会低于 0"),
        ({"winners": "-1"}, "大于或等于"),
    ],
)
def test_impossible_figures_are_refused_on_the_page(
    stage: Stage, client_of: ClientOf, change: dict[str, str], sentence: str
) -> None:
    client, url = client_of(stage.officer), own_page(stage, "C")

    refused = client.post(url, fields_of(client, url) | change)

    assert refused.status_code == 422
    assert sentence in refused.content.decode()


def test_a_units_page_shows_its_winners_and_leads_to_its_what_if(
    stage: Stage, client_of: ClientOf
) -> None:
    rounds.published_base(stage.project, stage.officer)
    client = client_of(stage.officer)
    with whole_country(reason="test"):
        product = WinningProduct.objects.get(item__item_code="C", project=stage.project)
        PrimaryProvince.objects.create(product=product, province=stage.tree["42"])

    page = client.get(own_page(stage, "C")).content.decode()
    link = next(tag["href"] for tag in tags(page, "a") if "what-if" in tag.get("href", ""))
    tried = client.get(
        link + "".join(f"&linear_{name}={value}" for name, value in LINEAR.items())
    ).content.decode()

    words = [tag.words for tag in tags(page, "td", "th")]
    assert {"丙厂", "50.5%", "湖北", product.enterprise.uscc} <= set(words)
    compared = [tag.words for tag in tags(tried, "td")]
    # Of one's own 40 + 2 × 10.5 % stay, of the project 48 + 3 × 2.5.
    assert compared[2:9] == ["90%", "900", "555", "90%", "900", "610", "0"]
    assert "试算" in [tag.words for tag in tags(tried, "button")]


def test_one_figure_alone_is_not_tried(stage: Stage, client_of: ClientOf) -> None:
    rounds.published_base(stage.project, stage.officer)

    page = client_of(stage.officer).get(stage.url("agreed/what-if/?linear_step=3"))

    assert "要么全部填写，要么全部空着" in page.content.decode()


def test_what_would_hinder_a_generation_is_said_before(stage: Stage, client_of: ClientOf) -> None:
    rounds.set_unit(stage.project, "甲单元", winners=3)
    with whole_country(reason="test"):
        won = WinningProduct.objects.filter(project=stage.project)
        won.filter(item__item_code="D", rank=2).update(rank=1)
        won.filter(item__item_code="D", rank=3).update(rank=None)
        supplied = won.get(item__item_code="D", rank=None)
        SupplyProvince.objects.create(product=supplied, province=stage.tree["42"])
        other = WinningProduct.objects.create(
            project=stage.project,
            item=make.items_of(stage.project)["C"],
            enterprise=rounds.enterprise("庚厂"),
        )
        WinningTerms.objects.create(product=other, cut=Decimal(60))

    said = said_of(stage)
    page = client_of(stage.officer).get(stage.url("agreed/units/?odd")).content.decode()

    assert said == {
        "甲单元": [
            "指定 3 家中选，导入的中选结果是 2 家，不一致时不能发布",
            "A 有 2 家中选，各参加省份没有唯一的主供企业，转为待分配",
        ],
        "丙单元": [
            "C 有 2 家中选，各参加省份没有唯一的主供企业，转为待分配",
        ],
        "丁单元": [
            "丁3厂没有填名次",
            "第 1 名有几家企业（丁1厂、丁2厂）",
            "丁3厂不供应山西省医疗保障局，名次份额按全部参加省份计算",
        ],
    }
    assert 'title="丁1厂、丁2厂、丁3厂"' in page
    assert "只看" not in page
    assert "乙单元" not in page


def test_a_missing_cut_and_missing_primaries_are_said(stage: Stage) -> None:
    with whole_country(reason="test"):
        won = WinningProduct.objects.filter(project=stage.project)
        product = won.get(item__item_code="C")
        WinningTerms.objects.create(product=product, version=2, cut=None)
        SupplyProvince.objects.create(
            product=won.get(item__item_code="B"), province=stage.tree["14"]
        )
        settings = VolumeRules.objects.filter(project=stage.project)
        assert not settings.exists()

    said = said_of(stage)

    assert said["丙单元"] == ["C：中选结果里没有填降幅"]
    assert said["乙单元"] == ["B 的中选企业不供应湖北省医疗保障局，转为待分配"]


def test_a_province_that_the_base_leaves_out_is_not_asked_about(
    tree: Tree, alliance_officer: User
) -> None:
    reports = {tree["H42010600001"]: {"A": 1}, tree["H14010500001"]: {"A": 1}}
    project = rounds.approved_round(
        reports, alliance_officer, units={"A": "甲"}, waiting=[tree["14"]]
    )
    with whole_country(reason="test"):
        before = taking_part(project)

    rounds.published_base(project, alliance_officer, confirmed=True)

    with whole_country(reason="test"):
        after = taking_part(project)
    assert (len(before), list(after)) == (2, [tree["42"].path])


def test_winners_of_a_season_are_listed_and_removed_until_volumes_are_published(
    stage: Stage, client_of: ClientOf, province_officer: User
) -> None:
    client = client_of(stage.officer)
    url = f"/projects/{stage.project.code}/winners/"
    page = client.get(url).content.decode()
    province = client_of(province_officer).get(url)
    ticks = [tag["value"] for tag in tags(page, "input", type="checkbox") if tag.get("value")]
    with whole_country(reason="test"):
        first = WinningProduct.objects.filter(project=stage.project).order_by("pk").first()
    assert first is not None
    assert str(first.pk) in ticks
    head = [tag.words for tag in tags(page, "th") if tag.words]
    assert head[4:11] == [
        "竞争单元",
        "中选企业",
        "统一社会信用代码",
        "名次",
        "降幅",
        "供应省",
        "主供省",
    ]
    assert province.status_code == 200

    client.post(stage.url("agreed/results/remove/"), {"selected": str(first.pk)})
    with whole_country(reason="test"):
        left = WinningProduct.objects.filter(project=stage.project)
        assert not left.filter(pk=first.pk).exists()
        second = left.order_by("pk").first()
    rounds.published_base(stage.project, stage.officer)
    before = words_of(client.get(url).content.decode(), "button")
    rounds.published_agreed(stage.project, stage.officer)
    page = client.get(url).content.decode()
    refused = client.post(
        stage.url("agreed/results/remove/"), {"selected": str(second.pk)}, follow=True
    )

    assert "删除" in before
    assert "删除" not in words_of(page, "button")
    assert not [tag for tag in tags(page, "input", type="checkbox") if tag.get("value")]
    assert "导入" in words_of(page, "a")
    assert "请先撤销发布" in refused.content.decode()
    with whole_country(reason="test"):
        assert WinningProduct.objects.filter(pk=second.pk).exists()
