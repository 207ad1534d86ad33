"""发布, 截止, 办结: the alliance's acts on a whole round."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.jobs.inline import run_waiting_jobs
from apps.projects.models import CatalogItem, Phase, Project
from apps.review.models import Filing
from apps.review.models.statuses import Status
from tests.cast import Tree
from tests.factories_review import filings_of, put
from tests.review.acting import status_of
from tests.review.planting import draft_project, filing_of

ClientOf = Callable[[User], Client]
URL = "/review/PAPER/"


@pytest.fixture
def client(client_of: ClientOf, alliance_officer: User) -> Client:
    return client_of(alliance_officer)


@pytest.fixture
def prepared(tree: Tree, country: object, paper: object) -> Project:
    """A project in preparation with one item and two institutions."""
    del country, paper
    project = draft_project([tree["H42010600001"], tree["H14010500001"]])
    CatalogItem.objects.create(
        project=project, item_code="A-1", lot="一", product_group="一", competition_unit="一",
        variety="丹参片", specification="0.3g", unit="片", pack_quantity=24,
        manufacturer_name="江城制药", daily_usage=6,
    )  # fmt: skip
    return project


def said(response: Any) -> list[str]:
    return [str(message) for message in get_messages(response.wsgi_request)]


@pytest.mark.covers("S0-03")
def test_publication_states_numbers_and_plants_the_filings(
    prepared: Project, client: Client
) -> None:
    page = " ".join(client.get(f"{URL}publish/").content.decode().split())
    done = client.post(f"{URL}publish/")

    assert "将为 2 家参加机构生成申报单" in page
    assert said(done) == ["项目“测试项目”已发布，生成 7 份申报单。"]
    prepared.refresh_from_db()
    assert prepared.phase == Phase.PUBLISHED


def test_a_large_round_is_published_by_a_job(
    prepared: Project, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.review.pages.projects.AT_ONCE", 1)

    asked = client.get(f"{URL}publish/").content.decode()
    page = client.post(f"{URL}publish/")["Location"]
    run_waiting_jobs()

    assert "明细在发布时逐行检查" in asked
    prepared.refresh_from_db()
    assert prepared.phase == Phase.PUBLISHED
    html = client.get(page).content.decode()
    assert "生成 7 份申报单" in html
    assert URL in html


def test_what_refuses_publication_is_listed(prepared: Project, client: Client) -> None:
    prepared.windows.filter(tier="province").delete()
    CatalogItem.objects.all().delete()

    page = client.get(f"{URL}publish/").content.decode()
    refused = client.post(f"{URL}publish/")

    assert "还没有目录，请导入。" in page
    assert "/projects/PAPER/catalogue/import/" in page
    assert "disabled" in page
    assert refused.status_code == 409
    assert not Filing.objects.exists()


def test_a_published_project_is_not_published_again(
    round_on_paper: Project, client: Client
) -> None:
    page = client.get(f"{URL}publish/").content.decode()
    refused = client.post(f"{URL}publish/")

    assert "项目已经发布" in page
    assert refused.status_code == 409


@pytest.mark.parametrize("page", ["publish", "close", "conclude"])
def test_only_the_alliance_does(
    round_on_paper: Project,
    client_of: ClientOf,
    province_officer: User,
    city_reviewer: User,
    hospital_clerk: User,
    page: str,
) -> None:
    for person in (province_officer, city_reviewer, hospital_clerk):
        assert client_of(person).post(f"{URL}{page}/").status_code == 403


def test_closing_counts_who_never_reported_as_missing(
    round_on_paper: Project, tree: Tree, client: Client
) -> None:
    past = timezone.now() - timedelta(hours=1)
    round_on_paper.windows.filter(tier="institution").update(closes_at=past)
    (reported,) = put(Status.SUBMITTED, filing_of(round_on_paper, tree["H42010600001"]))

    page = client.get(f"{URL}close/").content.decode()
    done = client.post(f"{URL}close/")

    assert "5 家从未上报的医疗机构计为未报" in page
    assert said(done) == ["项目已截止，5 家从未上报的计为未报。"]
    assert status_of(reported) == "submitted"


def followed(client: Client, address: str, **posted: str) -> str:
    """The page of the job that answers, once the worker has done it."""
    page = client.post(address, posted)["Location"]
    run_waiting_jobs()
    return client.get(page).content.decode()


def test_a_large_round_is_closed_by_a_job(
    round_on_paper: Project, tree: Tree, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.review.pages.projects.AT_ONCE", 1)
    early = followed(client, f"{URL}close/")
    past = timezone.now() - timedelta(hours=1)
    round_on_paper.windows.filter(tier="institution").update(closes_at=past)

    page = followed(client, f"{URL}close/")

    assert "还有医疗机构在可操作时间内" in early
    assert "6 家从未上报的计为未报" in page
    assert f'href="{URL}"' in page
    round_on_paper.refresh_from_db()
    assert round_on_paper.phase == Phase.CLOSED
    assert status_of(filing_of(round_on_paper, tree["H42010600001"])) == "lapsed"


def test_a_large_round_is_concluded_by_a_job(
    round_on_paper: Project, tree: Tree, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.review.pages.projects.AT_ONCE", 1)
    put(Status.APPROVED, *filings_of(round_on_paper, [tree["42"]]))

    refused = followed(client, f"{URL}conclude/")
    round_on_paper.refresh_from_db()
    assert round_on_paper.phase == Phase.PUBLISHED
    done = followed(client, f"{URL}conclude/", confirmed="1")

    assert "请确认名单后再提交" in refused
    assert "已办结，全部数据锁定" in done
    round_on_paper.refresh_from_db()
    assert round_on_paper.phase == Phase.CONCLUDED


def test_closing_waits_for_the_window(round_on_paper: Project, client: Client) -> None:
    response = client.post(f"{URL}close/")

    assert response.status_code == 409
    assert "还有医疗机构在可操作时间内" in response.content.decode()


def test_conclusion_waits_for_provinces_under_review(
    round_on_paper: Project, tree: Tree, client: Client
) -> None:
    put(Status.SUBMITTED, *filings_of(round_on_paper, [tree["42"]]))

    page = client.get(f"{URL}conclude/").content.decode()

    assert "还有省份没有处理完，不能办结" in page
    assert client.post(f"{URL}conclude/").status_code == 409


def test_conclusion_names_the_missing_and_freezes(
    round_on_paper: Project, tree: Tree, client: Client
) -> None:
    put(Status.APPROVED, *filings_of(round_on_paper, [tree["42"]]))

    page = client.get(f"{URL}conclude/").content.decode()
    refused = client.post(f"{URL}conclude/")
    done = client.post(f"{URL}conclude/", {"confirmed": "1"})

    assert "山西省医疗保障局" in page
    assert "还有层级的办理时间没有结束" in page
    assert refused.status_code == 409
    assert said(done) == ["项目“测试项目”已办结，全部数据锁定。"]
    round_on_paper.refresh_from_db()
    assert round_on_paper.phase == Phase.CONCLUDED
    assert "项目已办结" in client.get(f"{URL}conclude/").content.decode()


def test_an_unpublished_project_has_nothing_to_conclude(prepared: Project, client: Client) -> None:
    assert client.get(f"{URL}conclude/").status_code == 404
