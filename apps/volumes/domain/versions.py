"""What versions of bases and of agreed volumes have in common: numbers, states, the log, letters to provinces.

Lock order everywhere: the project, then the root filing, then nothing else; a return of a province share-locks the
root and waits.
"""

from collections.abc import Iterable
from functools import partial
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.audit.services import record
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.projects.models import Project
from apps.review.models import Filing
from apps.scope.paths import ROOT
from apps.volumes.domain.refusals import VolumesRefused, require_alliance
from apps.volumes.models import State
from apps.volumes.models.base import Version

V = TypeVar("V", bound=Version)


def locked_project(project: Project, by: Actor) -> Project:
    """The project, locked against everybody else's generating, publishing and rule changes."""
    require_alliance(by)
    fresh: Project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    if not fresh.is_frozen:
        raise VolumesRefused("项目还没有发布，没有可以汇总的填报量。")
    return fresh


def next_number(model: type[V], project: Project) -> int:
    """Generating again replaces what is open; numbers of published versions are never used twice."""
    model.objects.of_project(project).open().delete()  # type: ignore[attr-defined]
    rows = model.objects.of_project(project)  # type: ignore[attr-defined]
    last = rows.aggregate(last=Max("number"))["last"]
    return int(last or 0) + 1


def refetched(version: V) -> V:
    """As it stands now, under the project's lock. Raises `VolumesRefused` if it was replaced meanwhile."""
    fresh: V | None = type(version).objects.filter(pk=version.pk).first()  # type: ignore[attr-defined]
    if fresh is None:
        raise VolumesRefused("这一版已被重新生成的版本取代，请刷新页面。")
    return fresh


def move(version: V, target: State, *, by: Actor, reason: str = "") -> V:
    """The one place that changes a version's state. Raises `VolumesRefused` from a state that it can't leave so."""
    wanted = {
        State.REVIEWED: State.DRAFT,
        State.PUBLISHED: State.REVIEWED,
        State.WITHDRAWN: State.PUBLISHED,
    }[target]
    if version.state != wanted:
        raise VolumesRefused(f"{version}当前为“{version.standing.label}”，请刷新页面。")
    at, who = f"{target.value}_at", f"{target.value}_by"
    version.state = target
    setattr(version, at, timezone.now())
    setattr(version, who, by.user)
    version.withdrawn_reason = reason
    version.save(update_fields=["state", at, who, "withdrawn_reason"])
    return version


@transaction.atomic
def review_version(*, version: V, by: Actor) -> V:
    """复核: somebody looked at it. Raises `VolumesRefused`."""
    project = locked_project(version.project, by)
    version = move(refetched(version), State.REVIEWED, by=by)
    log(project, by, f"复核{version.WHAT}", f"复核通过{version}")
    return version


def log(project: Project, by: Actor, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=project.name,
        sentence=f"项目“{project.name}”：{sentence}",
        path=by.organization.path if by.organization else ROOT,
        project_code=project.code,
    )


def tell_provinces(
    filings: Iterable[Filing], *, title: str, body: str, url: str, by: Actor
) -> None:
    """A message to each province once all is committed."""
    letters = [
        Letter(path=f.path, title=title, body=body, url=url, project_id=f.project_id)
        for f in filings
    ]
    send: Any = partial(send_letters, letters, kind=MessageKind.VOLUMES, by=by)
    transaction.on_commit(send)
