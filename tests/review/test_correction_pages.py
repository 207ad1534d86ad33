"""The pages of 更正: seen before done, refused in words, read by everybody of the round, enterprises excepted."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.allocation.models import CapacityPool
from apps.projects.models import CatalogItem, Correction, Project
from apps.review.models import Filing
from apps.review.models.statuses import Status as FilingStatus
from apps.review.pages.corrections import views as corrections
from apps.scope.context import whole_country
from tests import factories_allocation as allocation
from tests import factories_demand as make
from tests.correcting import corrected, is_done_by_a_job
from tests.factories_review import put
from tests.pages import shown

pytestmark = pytest.mark.django_db
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)


@pytest.fixture
def season(tree, alliance_officer) -> Project:
    units = [tree[code] for code in ("H42010600001", "H42010000001")]
    project = make.demand_project(units, items=2, chain=["county", "city", "province"])
    make.published(project, alliance_officer)
    for unit in units:
        make.planned(project, unit, {"P0001": 280, "P0002": 56}, is_saved=True, reason="stock")
    return project


def address(project: Project, code: str = "P0001") -> str:
    item = make.items_of(project)[code]
    return reverse("review:correction_edit", args=[project.code, "item", item.pk])


def sent(client: Client, url: str, **values: Any) -> Any:
    """The form as it stands, with other values."""
    form = client.get(url).context["form"]
    data = {name: form[name].value() for name in form.fields if name not in ("deadline", "file")}
    data = {name: "" if value is None else value for name, value in data.items()}
    return client.post(url, {**data, **shown(client, url), "reason": "公告有误", **values})


def paper_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("更正公告.png", PNG, content_type="image/png")


def until() -> dict[str, str]:
    day = timezone.localdate() + timedelta(days=3)
    return {"deadline_0": f"{day:%Y-%m-%d}", "deadline_1": "24:00"}


def test_it_is_shown_before_it_is_done(season, client_of, alliance_officer) -> None:
    client, url = client_of(alliance_officer), address(season)

    page = sent(client, url, pack_quantity="10", preview="")

    assert page.status_code == 200
    text = page.content.decode()
    assert "将退回的机构申报" in text
    assert "涉及的机构须重新核对数量" in text
    assert make.items_of(season)["P0001"].pack_quantity == 28
    done = sent(client, url, pack_quantity="10", apply="", file=paper_file(), **until())
    assert done.status_code == 302
    assert make.items_of(season)["P0001"].pack_quantity == 10
    page = client.get(reverse("review:correction_list", args=[season.code]))
    assert "<del>28</del>" in page.content.decode()


def test_without_a_file_or_a_deadline_nothing_is_done(season, client_of, alliance_officer) -> None:
    with whole_country(reason="test"):
        put(FilingStatus.SUBMITTED, *Filing.objects.of_project(season).institutions())
    client, url = client_of(alliance_officer), address(season)

    page = sent(client, url, pack_quantity="10", apply="")

    text = page.content.decode()
    assert "请选择更正所依据的文件" in text
    assert "请填写重新上报的截止时间" in text
    with whole_country(reason="test"):
        assert Correction.objects.count() == 0


def test_a_stale_page_is_refused(season, client_of, alliance_officer) -> None:
    client, url = client_of(alliance_officer), address(season)
    old = shown(client, url)
    with whole_country(reason="test"):
        corrected(season, alliance_officer, make.items_of(season)["P0001"], specification="新规格")

    page = sent(client, url, specification="我的规格", apply="", file=paper_file(), **old)

    assert page.status_code == 200
    assert "现在保存的是“新规格”" in page.content.decode()


def test_what_can_t_be_is_said_before(client_of, tree, alliance_officer) -> None:
    project = allocation.published_round([tree["H42010600001"]], alliance_officer)
    with whole_country(reason="test"):
        pool = CapacityPool.objects.of_project(project).first()
        CapacityPool.objects.filter(pk=pool.pk).update(allocated=500)
    url = reverse("review:correction_edit", args=[project.code, "product", pool.product_id])

    page = sent(client_of(alliance_officer), url, capacity="499", preview="")

    text = page.content.decode()
    assert "最大产能不能低于已占用的 500" in text
    assert 'name="apply"' not in text


def test_much_of_it_is_a_job(season, client_of, alliance_officer, monkeypatch) -> None:
    monkeypatch.setattr(corrections, "AT_ONCE", 1)
    client, url = client_of(alliance_officer), address(season)
    values = {"pack_quantity": "10", "reference_price": "15.5"}

    answer = sent(client, url, **values, apply="", file=paper_file(), **until())

    assert is_done_by_a_job(answer)
    with whole_country(reason="test"):
        item = CatalogItem.objects.get(project=season, item_code="P0001")
        assert (item.pack_quantity, f"{item.reference_price:f}") == (10, "15.5000")


@pytest.mark.parametrize("who", ["hospital_clerk", "county_reviewer", "alliance_officer"])
def test_everybody_in_it_reads_it(season, client_of, alliance_officer, who, request) -> None:
    person: User = request.getfixturevalue(who)
    with whole_country(reason="test"):
        corrected(season, alliance_officer, make.items_of(season)["P0001"], variety="更名片")

    page = client_of(person).get(reverse("review:correction_list", args=[season.code]))

    assert "更名片" in page.content.decode()
    assert ("更正名称和说明" in page.content.decode()) == (who == "alliance_officer")


def test_its_file_is_handed_out_as_it_is(
    season, client_of, hospital_clerk, alliance_officer
) -> None:
    client, url = client_of(alliance_officer), address(season)
    sent(client, url, variety="更名片", apply="", file=paper_file())

    answer = client_of(hospital_clerk).get(reverse("review:correction_file", args=[season.code, 1]))

    assert b"".join(answer.streaming_content) == PNG
    assert answer["Content-Disposition"].startswith("attachment")


def test_before_publication_and_beside_the_project_there_is_none(
    season, tree, client_of, alliance_officer
) -> None:
    other = make.demand_project([tree["H42010600001"]], code="BL-2")
    client = client_of(alliance_officer)
    item = make.items_of(other)["P0001"]

    for code, kind, pk in (
        (other.code, "item", item.pk),
        (season.code, "item", item.pk),
        (season.code, "project", other.pk),
        (season.code, "product", 1),
        (season.code, "nothing", item.pk),
    ):
        url = reverse("review:correction_edit", args=[code, kind, pk])
        assert client.get(url).status_code == 404
