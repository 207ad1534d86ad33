"""签章件 of bases and agreed volumes: the pages' figures, of the nation or of a province, published versions only."""

import pytest

from apps.exchange.domain import papers
from apps.exchange.domain.issued import look_up
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.scope.context import whole_country
from apps.volumes.domain.agreed.acts import withdraw_agreed
from apps.volumes.domain.bases.acts import generate_base
from apps.volumes.models import AgreedVersion, BaseVersion
from tests import factories_demand as make
from tests.pages import tags
from tests.pdf_reading import content_of, pages_of, squeezed
from tests.volumes import rounds

pytestmark = pytest.mark.django_db


@pytest.fixture
def done(stage):
    rounds.published_base(stage.project, stage.officer)
    rounds.published_agreed(stage.project, stage.officer)
    return stage


def paper(client, address):
    return pages_of(content_of(client.get(address)))


def state_of(code):
    return look_up(code).standing.label


def line_of(pages, *starts):
    """The words of the line that begins with these."""
    wanted = " ".join(starts)
    (line,) = [line for page in pages for line in page.split("\n") if line.startswith(f"{wanted} ")]
    return line.split()[len(starts) :]


def test_the_nation_and_every_province_have_their_bases(done, client_of):
    pages = paper(client_of(done.officer), done.url("base/paper/"))

    nation, *provinces = pages
    assert "全国和 2 个省份" in nation
    assert "（BL）" in nation
    assert "第 1 版" in nation
    assert line_of([nation], "1", "A")[-4:] == ["1,234", "1", "A", "1,234"]
    assert line_of([nation], "2", "B")[-4:] == ["12,553", "1", "B", "12,553"]
    shanxi = next(page for page in provinces if "山西" in page)
    hubei = next(page for page in provinces if "湖北" in page)
    assert line_of([hubei], "1", "A")[-4:] == ["1,233", "1", "A", "1,233"]
    assert line_of([shanxi], "1", "A")[-4:] == ["1", "1", "A", "1"]
    with whole_country(reason="test"):
        version = BaseVersion.objects.get()
    assert version.totals_hash in squeezed(nation)


def test_agreed_volumes_by_province(done, client_of):
    pages = paper(client_of(done.officer), done.url("agreed/paper/"))

    # R1 with two winners of one item and no single primary supplier: 60 %, left to choice; R2: 80 % by institution.
    assert line_of(pages[:1], "1", "A")[-6:] == ["1,234", "2", "60%", "739", "0", "739"]
    hubei = next(page for page in pages[1:] if "湖北" in page)
    assert line_of([hubei], "1", "A")[-6:] == ["1,233", "2", "60%", "739", "0", "739"]
    assert line_of([hubei], "2", "B")[-6:] == ["12,506", "1", "80%", "10,004", "10,004", "0"]
    assert "待分配" in hubei


def test_a_province_gets_its_own_and_nothing_else(done, client_of, province_officer):
    client = client_of(province_officer)

    for page in ("base", "agreed"):
        (only,) = paper(client, done.url(f"{page}/paper/"))
        assert "湖北省医疗保障局" in only
        assert "山西" not in only
        assert "1,233" in only


def test_the_alliance_narrows_it_to_one_province(done, client_of):
    unit = make.filing_of(done.project, done.tree["14"]).pk

    (only,) = paper(client_of(done.officer), done.url(f"base/paper/?unit={unit}"))

    assert line_of([only], "1", "A")[-4:] == ["1", "1", "A", "1"]


def test_below_a_province_nothing_is_signed(done, client_of, province_officer, city_reviewer):
    city = make.filing_of(done.project, done.tree["420100"]).pk

    assert client_of(province_officer).get(
        done.url(f"base/paper/?unit={city}")
    ).status_code == 404  # fmt: skip
    assert client_of(city_reviewer).get(done.url("base/paper/")).status_code == 403


def test_only_published_versions(stage, client_of):
    client = client_of(stage.officer)
    with whole_country(reason="test"):
        generate_base(project=stage.project, by=stage.by)

    for page in ("base", "agreed"):
        answer = client.get(stage.url(f"{page}/paper/"), follow=True)
        assert "只有已发布的版本可以生成签章件" in answer.content.decode()
    assert not tags(
        client.get(stage.url("base/")).content.decode(),
        "a",
        href=stage.url("base/paper/?version=1"),
    )


def test_the_pages_lead_to_it(done, client_of, province_officer, city_reviewer):
    for page in ("base", "agreed"):
        address = done.url(f"{page}/paper/?version=1")
        for person, found in ((done.officer, 1), (province_officer, 1), (city_reviewer, 0)):
            html = client_of(person).get(done.url(f"{page}/")).content.decode()
            assert len(tags(html, "a", href=address)) == found


def test_a_long_one_is_a_job(done, client_of, monkeypatch):
    monkeypatch.setattr(papers, "AT_ONCE", 11)  # 4 items of the nation and two provinces are 12

    answer = client_of(done.officer).get(done.url("base/paper/"))
    run_waiting_jobs()

    with whole_country(reason="test"):
        job = Job.objects.get()
        assert answer.url == job.get_absolute_url()
        assert (job.status, job.title) == ("succeeded", "约定采购量计算基数签章件")
        assert "已生成签章件，共 3 页，校验码" in job.message
        with job.result.open() as file:
            assert len(pages_of(file.read())) == 3


def test_the_same_data_gives_the_same_code_another_version_another(done, client_of):
    client = client_of(done.officer)

    def code():
        (footer,) = {
            line.split("  ")[0].split(" ")[1]
            for line in paper(client, done.url("agreed/paper/"))[-1].split("\n")
            if line.startswith("校验码 ")
        }
        return footer

    first = code()
    assert code() == first
    assert state_of(first) == "当前有效"
    with whole_country(reason="test"):
        version = AgreedVersion.objects.get()
        withdraw_agreed(version=version, by=done.by, reason="重算")
    assert state_of(first) == "已作废"
    rounds.published_agreed(done.project, done.officer)
    assert code() != first
    assert state_of(first) == "已有新版"
    assert state_of(code()) == "当前有效"
