"""The page of 增补品规: whom it concerns is shown before, refused in words, a job where it is much."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.projects.models import CatalogItem, Project
from apps.review.models import Filing
from apps.review.models.statuses import Status as FilingStatus
from apps.review.pages.corrections import adding
from apps.scope.context import whole_country
from tests import factories_allocation as allocation
from tests import factories_demand as make
from tests.correcting import is_done_by_a_job
from tests.factories_review import put
from tests.review.test_correction_pages import PNG

pytestmark = pytest.mark.django_db
UNITS = ("H42010600001", "H42010000001")
VALUES = {
    "item_code": "P0009", "lot": "标的1", "product_group": "组1", "competition_unit": "单元1", "variety": "增补片",
    "specification": "10mg", "unit": "片", "pack_quantity": "10", "manufacturer_name": "药厂1", "daily_usage": "1",
    "reason": "公告漏列",
}  # fmt: skip


@pytest.fixture
def season(tree, alliance_officer) -> Project:
    project = make.demand_project(
        [tree[code] for code in UNITS], items=2, chain=["county", "city", "province"]
    )
    make.published(project, alliance_officer)
    for code in UNITS:
        make.planned(project, tree[code], {"P0001": 280, "P0002": 56}, is_saved=True)
    return project


def sent(client: Client, project: Project, **values: Any) -> Any:
    """The form as it comes, with these values."""
    url = reverse("review:correction_add", args=[project.code])
    form = client.get(url).context["form"]
    data = {}
    for bound in form.tier_deadlines:
        day, clock = bound.field.widget.decompress(bound.initial)
        data |= {f"{bound.name}_0": f"{day}", f"{bound.name}_1": clock}
    return client.post(url, {**data, **VALUES, **values})


def paper_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("增补公告.png", PNG, content_type="image/png")


def items(project: Project) -> list[str]:
    with whole_country(reason="test"):
        found = CatalogItem.objects.filter(project=project).order_by("position")
        return list(found.values_list("item_code", flat=True))


def test_it_is_shown_before_it_is_done(season, client_of, alliance_officer) -> None:
    with whole_country(reason="test"):
        put(FilingStatus.SUBMITTED, Filing.objects.of_project(season).institutions().first())
    client = client_of(alliance_officer)

    page = sent(client, season, preview="")

    figures = {each.label: each.value for each in page.context["shown"].figures}
    assert (figures["涉及机构"], figures["已上报、将退回"], figures["填报中、多一行"]) == (2, 1, 1)
    assert items(season) == ["P0001", "P0002"]
    assert "请选择增补所依据的文件" in sent(client, season, apply="").content.decode()
    done = sent(client, season, apply="", file=paper_file(), units=UNITS[0])
    assert done["Location"] == reverse("review:correction_list", args=[season.code])
    assert items(season) == ["P0001", "P0002", "P0009"]
    text = client.get(done["Location"]).content.decode()
    assert "增补片 10mg" in text
    assert "<del></del>" not in text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"item_code": "P0001"}, "本项目中已有"),
        ({"units": "H42010600001 没有"}, "没有编码为“没有”的单位"),
        ({"units": "140105"}, "没有参加本项目的医疗机构"),
        ({"until_institution_0": "2099-12-30"}, "截止时间须早于"),
        ({"pack_quantity": "0"}, "大于或等于1"),
    ],
)
def test_what_is_wrong_is_said(season, client_of, alliance_officer, values, sentence) -> None:
    page = sent(client_of(alliance_officer), season, preview="", **values)

    assert sentence in page.content.decode()
    assert page.context["preview"] is None


def test_bureaus_that_have_less_time_are_counted(season, client_of, alliance_officer) -> None:
    now = timezone.now()
    with whole_country(reason="test"):
        for tier in ("institution", "county"):
            season.windows.filter(tier=tier).update(
                opens_at=now - timedelta(days=2), closes_at=now + timedelta(hours=1)
            )

    page = sent(client_of(alliance_officer), season, preview="")

    assert page.context["preview"].concerned.early == 1
    assert "自己的时间在医疗机构截止之前结束" in page.content.decode()


def test_much_of_it_is_a_job(season, client_of, alliance_officer, monkeypatch) -> None:
    monkeypatch.setattr(adding, "AT_ONCE", 1)

    answer = sent(client_of(alliance_officer), season, apply="", file=paper_file())

    assert is_done_by_a_job(answer, "增补")
    assert items(season)[-1] == "P0009"


def test_nothing_is_added_to_what_is_dealt_out(tree, client_of, alliance_officer) -> None:
    project = allocation.published_round([tree[UNITS[0]]], alliance_officer)
    url = reverse("review:correction_add", args=[project.code])

    assert client_of(alliance_officer).get(url).status_code == 404


@pytest.mark.parametrize("name", ["variety", "manufacturer_name"])
@pytest.mark.parametrize("said", ["=HYPERLINK(A1)", "＝1+1", "@SUM(A1)", "12345"])
def test_what_looks_like_a_formula_is_no_name(season, client_of, alliance_officer, name, said):
    page = sent(client_of(alliance_officer), season, **{name: said}).content.decode()

    assert "像是公式" in page or "里没有文字" in page
    assert items(season) == ["P0001", "P0002"]


def test_units_are_named_as_people_write_codes(season, client_of, alliance_officer):
    page = sent(client_of(alliance_officer), season, units="h42010600001、Ｈ42010000001").content

    assert "没有编码为" not in page.decode()
