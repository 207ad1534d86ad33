"""A project from its first draft to 筹备. Publishing, closing and 办结 belong to the review chain."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from apps.accounts.domain.actors import Actor
from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import record
from apps.organizations.models.pinyin import phrase_initials
from apps.projects.domain.refusals import (
    ProjectFrozen,
    ProjectRefused,
    locked,
    place_of,
    require_alliance,
)
from apps.projects.domain.words import BASICS, POLICIES, bottom_up, label_of, value_in_words
from apps.projects.models import Phase, Project
from apps.projects.models.codes import project_code_problem

EDITABLE_FIELDS = (*BASICS, *POLICIES)
EDITABLE_WHEN_FROZEN = ("description",)
FIXED_AFTER_DRAFT = "code"
"""Addresses, permissions and the log name a project by its code from the moment that others see it."""


class CodeTaken(ProjectRefused):
    """Another project has the code."""


class CodeWrong(ProjectRefused):
    """What a project's code may not be."""


@transaction.atomic
def create_project(*, by: Actor, **fields: Any) -> Project:
    """A new draft. `fields` are those of `EDITABLE_FIELDS`; what is left out keeps its default.

    Raises `CodeWrong`, `CodeTaken`, `NotAllowed`.
    """
    require_alliance(by)
    project = save_new(Project(**_normalized(fields)))
    _log(project, by, "新建", f"新建项目“{project.name}”（{project.code}）")
    return project


def save_new(project: Project) -> Project:
    """Insert a project. Raises `CodeWrong`, `CodeTaken`, also for a code that this viewer can't see."""
    _require_format(project.code)
    project.pinyin = phrase_initials(project.name)
    try:
        with transaction.atomic():
            project.save(force_insert=True)
    except IntegrityError as error:
        if "projects_project_code" not in str(error):
            raise
        raise CodeTaken(f"项目编码“{project.code}”已被使用，请换一个。") from error
    return project


def _require_format(code: str) -> None:
    if problem := project_code_problem(code):
        raise CodeWrong(f"{problem}。")


@transaction.atomic
def edit_project(
    *, project: Project, by: Actor, seen: Seen | None = None, **changes: Any
) -> Project:
    """Change fields of a draft or of a project in 筹备; of a published one only the description.

    Raises `ProjectFrozen`, `CodeWrong`, `CodeTaken`, `NotAllowed`, `ChangedMeanwhile`. The log names each change with
    both values.
    """
    require_alliance(by)
    project = locked(project)
    require_seen(seen, project)
    differing = {
        name: value
        for name, value in _normalized(changes).items()
        if getattr(project, name) != value
    }
    if not differing:
        return project
    if project.is_frozen and set(differing) - set(EDITABLE_WHEN_FROZEN):
        raise ProjectFrozen("项目已发布，规则已经固定；只能修改说明、时间和开关。")
    if project.phase != Phase.DRAFT and FIXED_AFTER_DRAFT in differing:
        raise ProjectFrozen(
            "项目编码只能在草稿阶段修改；进入筹备后，网址和操作日志都用它指明项目。"
        )
    if FIXED_AFTER_DRAFT in differing:
        _require_format(differing[FIXED_AFTER_DRAFT])
    sentence = _told(project, differing)
    _apply(project, differing)
    _log(project, by, "修改", f"修改项目“{project.name}”：{sentence}")
    return project


def _apply(project: Project, differing: Mapping[str, Any]) -> None:
    for name, value in differing.items():
        setattr(project, name, value)
    project.pinyin = phrase_initials(project.name)
    try:
        with transaction.atomic():
            project.save(update_fields=[*differing, *(["pinyin"] if "name" in differing else [])])
    except IntegrityError as error:
        if "projects_project_code" not in str(error):
            raise
        raise CodeTaken(f"项目编码“{project.code}”已被使用，请换一个。") from error


def _told(project: Project, differing: Mapping[str, Any]) -> str:
    return "；".join(
        f"{label_of(name)}由“{value_in_words(name, getattr(project, name))}”"
        f"改为“{value_in_words(name, value)}”"
        for name, value in differing.items()
    )


@transaction.atomic
def delete_draft(*, project: Project, by: Actor) -> None:
    """Delete a draft with everything in it. Raises `ProjectFrozen`, `NotAllowed`."""
    require_alliance(by)
    project = locked(project)
    if project.phase != Phase.DRAFT:
        raise ProjectFrozen(f"项目处于“{project.get_phase_display()}”阶段，只有草稿可以删除。")
    _log(project, by, "删除", f"删除草稿“{project.name}”（{project.code}）")
    try:
        project.delete()
    except ProtectedError as error:
        raise ProjectRefused("项目中已有导入的采购量或其他数据，请先删除这些数据。") from error


@transaction.atomic
def start_preparation(*, project: Project, by: Actor) -> Project:
    """Draft → 筹备: the provinces of its participants see it and set their chain, windows and participants.

    Raises `ProjectFrozen`, `NotAllowed`.
    """
    require_alliance(by)
    project = locked(project)
    if project.phase != Phase.DRAFT:
        raise ProjectFrozen(f"项目处于“{project.get_phase_display()}”阶段，只有草稿可以进入筹备。")
    project.phase = Phase.PREPARING
    project.save(update_fields=["phase"])
    _log(project, by, "进入筹备", f"项目“{project.name}”进入筹备")
    return project


def _normalized(fields: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(fields) - set(EDITABLE_FIELDS)
    if unknown:
        raise TypeError(f"not a field that a person sets: {', '.join(sorted(unknown))}")
    if "chain" in fields:
        return {**fields, "chain": bottom_up(fields["chain"])}
    return dict(fields)


def _log(project: Project, by: Actor, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=project.name,
        sentence=sentence,
        path=place_of(by),
        project_code=project.code,
    )
