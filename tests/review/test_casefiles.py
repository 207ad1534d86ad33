"""案卷 on pages: who is offered it, a bureau's as a job, one line in the log, its check code."""

import io
import re

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.storage import default_storage
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models.roles import Permission
from apps.audit.domain.sealing import seal_all
from apps.audit.models import LogEntry
from apps.exchange.domain.issued import Standing, look_up
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.projects.models import Correction
from apps.review.domain.casefiles import reading
from apps.review.files.casefiles.bundle import Bundle
from apps.review.files.casefiles.writing import write_casefile
from apps.review.models.statuses import Action
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_demand as make
from tests.casefiles import case_of, members, problems, told
from tests.review.acting import act

pytestmark = pytest.mark.django_db
HOSPITAL, OTHER, SHANXI = "H42010600001", "H42010600002", "H14010500001"


@pytest.fixture
def round_(tree, alliance_officer, hospital_clerk):
    """Three institutions, one of which has reported."""
    units = [tree[code] for code in (HOSPITAL, OTHER, SHANXI)]
    project = make.demand_project(units, items=2, chain=["county", "city", "province"])
    make.published(project, alliance_officer)
    for unit in units:
        make.planned(project, unit, {"P0001": 280, "P0002": 0}, is_saved=True, reason="first")
    act(Action.SUBMIT, hospital_clerk, make.filing_of(project, units[0]))
    return project


@pytest.fixture
def filing(round_, tree):
    return make.filing_of(round_, tree[HOSPITAL])


def url(filing):
    return reverse("review:filing_casefile", args=[filing.project.code, filing.pk])


def lines_of_the_log():
    with whole_country(reason="test"):
        return list(LogEntry.objects.filter(object__startswith="案卷").order_by("pk"))


@pytest.mark.parametrize("person", ["hospital_clerk", "county_reviewer", "province_officer"])
def test_its_page_offers_it_to_its_unit_and_to_tiers_above(filing, person, client_of, request):
    client = client_of(request.getfixturevalue(person))
    page = client.get(reverse("review:filing_detail", args=["BL", filing.pk])).content.decode()

    response = client.get(url(filing))

    assert url(filing) in page
    assert response["Content-Type"] == "application/zip"
    assert problems(members(response.getvalue())) == []
    assert [entry.object for entry in lines_of_the_log()] == ["案卷 武昌区人民医院"]


def test_the_check_code_tells_whether_anything_happened_since(
    filing, client_of, hospital_clerk, county_reviewer
):
    content = case_of(filing, hospital_clerk)
    code = re.search(rb"code ([0-9A-Z-]+)", members(content)["seal.txt"])[1].decode()

    then = look_up(code)
    act(Action.RETURN, county_reviewer, filing, reason="有误")
    now = look_up(code)

    assert (then.standing, now.standing) == (Standing.CURRENT, Standing.REPLACED)
    assert then.digest in members(content)["seal.txt"].decode()
    assert then.digest in lines_of_the_log()[0].sentence


def test_a_bureau_gets_its_subtree_by_a_job(round_, tree, client_of, city_reviewer):
    own = make.filing_of(round_, tree["420100"])
    client = client_of(city_reviewer)

    response = client.get(url(own))
    run_waiting_jobs()

    with whole_country(reason="test"):
        job = Job.objects.get()
    with default_storage.open(job.result.name) as result:
        content = result.read()
    files = members(content)
    assert response["Location"] == job.get_absolute_url()
    folders = {name.split("/")[1] for name in files if name.startswith("filings/")}
    assert folders == {"420100", "420106", HOSPITAL, OTHER}
    assert problems(files) == []
    assert (told(content, HOSPITAL)["versions"] != [], told(content, OTHER)["versions"]) == (
        True,
        [],
    )
    assert "小店区人民医院" not in files["index.csv"].decode("utf-8-sig")
    assert [entry.object for entry in lines_of_the_log()] == ["案卷 武汉市医疗保障局"]


def test_without_the_right_nobody_makes_one(filing, county_reviewer):
    branch = factories.sub_account_of(county_reviewer, permission_subset=[Permission.QUERY])
    with enter(scope_of(branch)), pytest.raises(PermissionDenied):
        write_casefile(io.BytesIO(), filing, by=Actor.of(branch))


def test_seals_over_its_events_are_named(filing, hospital_clerk, settings, tmp_path):
    settings.AUDIT_DIR = tmp_path / "audit"
    with whole_country(reason="test"):
        seal_all(patience=0)

    case = told(case_of(filing, hospital_clerk), HOSPITAL)

    (seal,) = case["seals"]
    assert [event["seal"] for event in case["events"]] == [seal["number"]]
    assert len(seal["mac"]) == 64


def test_statements_do_not_grow_with_filings(
    round_, tree, province_officer, django_assert_max_num_queries
):
    """A batch costs a constant number."""
    with django_assert_max_num_queries(45), enter(scope_of(province_officer)):
        top = make.filing_of(round_, tree["42"])
        list(reading.cases_under(top, by=Actor.of(province_officer)))


def test_no_phone_and_nobody_elses_place_is_in_it(filing, tree, hospital_clerk):
    with whole_country(reason="test"):
        type(tree[HOSPITAL]).objects.update(phone="13812341234", contact_name="联系人甲")

    text = "".join(
        content.decode(errors="replace")
        for name, content in members(case_of(filing, hospital_clerk)).items()
        if not name.endswith(".xlsx")
    )

    assert "13812341234" not in text
    assert "山西" not in text


def test_the_papers_of_corrections_are_in_it(filing, round_, hospital_clerk, alliance_officer):
    with whole_country(reason="test"):
        name = default_storage.save("corrections/x.png", io.BytesIO(b"PNG"))
        Correction.objects.create(
            project=round_, number=1, reason="公告有误", changes=[{"label": "名称"}], file=name,
            file_name="公告.png", by=alliance_officer, by_name="赵联采",
        )  # fmt: skip

    files = members(case_of(filing, hospital_clerk))

    assert files["project/corrections/1.png"] == b"PNG"
    assert "公告有误" in files["project/rules.json"].decode()


def test_a_file_has_a_plain_name():
    with Bundle(io.BytesIO()) as bundle, pytest.raises(ValueError, match="plain"):
        bundle.add("附件 1.pdf", b"")


def test_offered_only_once_something_happened(round_, tree, client_of, county_reviewer):
    silent = make.filing_of(round_, tree[OTHER])

    page = client_of(county_reviewer).get(reverse("review:filing_detail", args=["BL", silent.pk]))

    assert url(silent) not in page.content.decode()
