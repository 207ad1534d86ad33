"""The alliance's pages of 生成分量任务: both ways offered, the steps, the preview before publication."""

import pytest
from django.urls import reverse

from apps.accounts.domain.actors import Actor
from apps.allocation.models import AllocationRow, Generation
from apps.allocation.tasks import GENERATE, PREVIEW
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.jobs.services import enqueue
from apps.projects.models import Project
from tests import factories_generation as make

pytestmark = pytest.mark.usefixtures("country")


def url(name, *args):
    return reverse(f"allocation:generation_{name}", args=args)


@pytest.fixture
def alliance(alliance_officer, client_of):
    return client_of(alliance_officer)


@pytest.fixture
def demand(tree, alliance_officer):
    reports = {tree["H42010600001"]: {"P1": 10_000, "P2": 8_003, "P3": 5_001, "P4": 77}}
    return make.finished_demand(reports, alliance_officer)[0]


def started(alliance, demand, **more):
    data = {"source": demand.pk, "code": "FL", "name": "第一批分量", "winners": ""} | more
    return alliance.post(url("start"), data, follow=True)


def test_both_ways_are_offered(alliance, demand):
    page = alliance.get(url("start")).content.decode()

    assert "由报量项目生成" in page
    assert "从 Excel 导入" in page
    assert demand.name in page


def test_without_a_finished_round_the_page_says_what_is_missing(alliance):
    page = alliance.get(url("start")).content.decode()

    assert "还没有可以使用的报量项目" in page
    assert "新建项目" in page


def test_a_code_that_is_taken_is_refused_and_what_was_typed_stays(alliance, demand):
    answer = started(alliance, demand, code=demand.code, name="我写的名字")

    page = answer.content.decode()
    assert "已被使用" in page
    assert "我写的名字" in page
    assert not Project.objects.filter(name="我写的名字").exists()


def test_from_the_form_to_the_preview(alliance, demand):
    page = started(alliance, demand).content.decode()
    assert "还没有生成分配量" in page
    assert url("detail", "FL") in alliance.get(url("start")).content.decode()
    project = Project.objects.get(code="FL")
    make.give_winners(project, P1=5_000)

    page = alliance.post(url("run", "FL"), follow=True).content.decode()

    assert "已生成分配量 3 行" in page
    assert "产能不够确认量的产品" in page
    assert "3,000" in page
    assert AllocationRow.objects.of_project(project).count() == 3
    again = alliance.post(url("refresh", "FL"), follow=True).content.decode()
    assert "重新计算" in again


def test_in_the_background(alliance, alliance_officer, demand):
    started(alliance, demand)
    project = Project.objects.get(code="FL")
    make.give_winners(project)
    by = Actor.of(alliance_officer)

    enqueue(GENERATE, by=by, title="生成", project_id=project.pk)
    enqueue(PREVIEW, by=by, title="预览", project_id=project.pk)
    run_waiting_jobs()

    assert {job.status for job in Job.objects.all()} == {"succeeded"}
    assert Generation.objects.get(project=project).rows == 3


def test_a_project_that_was_not_generated_has_no_such_page(alliance):
    Project.objects.create(code="FL7", name="导入", kind="allocation")
    assert alliance.get(url("detail", "FL7")).status_code == 404
