"""Administrators and jobs: nothing of the business reaches them that way."""

import pytest

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job, Status
from apps.jobs.registry import background
from apps.jobs.services import enqueue
from apps.organizations.models import Organization
from apps.scope.context import whole_country
from tests.cast import Tree

SEEN: list[int] = []


@background("tests.look_around", title="看看")
def look_around(_job: object) -> None:
    SEEN.append(Organization.objects.count())


def asked(name: str, administrator: User, **params: object) -> Job:
    """Asked for as the administration might: with the whole country open."""
    with whole_country(reason="admin"):
        job = enqueue(name, by=Actor.of(administrator), **params)
    run_waiting_jobs()
    with whole_country(reason="test"):
        return Job.objects.get(pk=job.pk)


@pytest.mark.parametrize("name", ["projects.catalogue", "portal.log", "administration.units"])
def test_an_administrators_export_is_refused(name: str, tree: Tree, administrator: User) -> None:
    context = {"project_id": 1, "filters": {}, "top": "/0/", "query": ""}

    job = asked(f"{name}:export", administrator, context=context, extension="xlsx")

    assert (job.status, job.result.name) == (Status.REFUSED, "")
    assert "没有执行这项操作的权限" in job.message


def test_a_job_that_needs_no_right_sees_nothing(tree: Tree, administrator: User) -> None:
    SEEN.clear()

    job = asked("tests.look_around", administrator)

    assert (job.status, SEEN) == (Status.SUCCEEDED, [0])


@pytest.mark.django_db
def test_every_import_and_export_needs_a_right() -> None:
    from apps.jobs import registry  # noqa: PLC0415 the register itself

    free = [
        kind.name
        for kind in registry._declared.values()
        if not kind.permissions and not kind.name.startswith("tests.")
    ]
    assert free == []
