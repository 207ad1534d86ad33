"""Writes of saved views. Every one asks for the right to query, touches the own rows only, and is logged."""

from django.db import IntegrityError, transaction

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.analysis.models import LONGEST_QUERY, MOST, SavedView
from apps.audit.services import record
from apps.projects.models import Project

NAME_TAKEN, PLACE_TAKEN = "saved_view_once_per_name", "saved_view_once_per_place"


class ViewRefused(Exception):
    """A saved view can't be kept, renamed or deleted; the sentence says why and what to do."""


@transaction.atomic
def save_view(*, project: Project, name: str, query: str, by: Actor) -> SavedView:
    """Keep an address under a name. Raises `ViewRefused`."""
    owner = _owner(by)
    named = _checked(name)
    if len(query) > LONGEST_QUERY:
        raise ViewRefused("条件太多，不能保存。请减少选中的筛选值后再保存。")
    taken = set(SavedView.objects.of_owner(owner, project).values_list("place", flat=True))
    place = next((number for number in range(1, MOST + 1) if number not in taken), None)
    if place is None:
        raise ViewRefused(f"每个项目最多保存 {MOST} 个视图，请先删除不用的视图。")
    path = by.organization.path if by.organization else ""
    view = SavedView(
        owner_id=owner, project=project, path=path, name=named, query=query, place=place
    )
    _write(view)
    _log(view, project, by, "保存视图", f"保存视图“{named}”")
    return view


@transaction.atomic
def rename_view(*, view: SavedView, project: Project, name: str, by: Actor) -> None:
    """Raises `ViewRefused`."""
    _require_own(view, by)
    before, view.name = view.name, _checked(name)
    _write(view)
    _log(view, project, by, "重命名视图", f"视图“{before}”改名为“{view.name}”")


@transaction.atomic
def delete_view(*, view: SavedView, project: Project, by: Actor) -> None:
    """Raises `ViewRefused`."""
    _require_own(view, by)
    _log(view, project, by, "删除视图", f"删除视图“{view.name}”")
    view.delete()


def _owner(by: Actor) -> int:
    if by.user is None or not by.may(Permission.QUERY):
        raise ViewRefused("您的账号没有“查询”权限，不能保存视图。")
    return by.user.pk


def _require_own(view: SavedView, by: Actor) -> None:
    if view.owner_id != _owner(by):
        raise ViewRefused("只能修改自己保存的视图。")


def _checked(name: str) -> str:
    named = " ".join(name.replace("\0", "").split())
    if not named:
        raise ViewRefused("请填写视图名称。")
    longest = SavedView._meta.get_field("name").max_length or 0
    if len(named) > longest:
        raise ViewRefused(f"视图名称最多 {longest} 个字，请缩短后再保存。")
    return named


def _write(view: SavedView) -> None:
    """The database decides who was first: names and places are unique per account and project."""
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        diagnosis = getattr(error.__cause__, "diag", None)
        broken = diagnosis.constraint_name if diagnosis else ""
        if broken == NAME_TAKEN:
            raise ViewRefused(f"已经有名为“{view.name}”的视图，请换一个名称。") from error
        if broken == PLACE_TAKEN:
            raise ViewRefused("刚才在另一个页面也保存了视图，请再保存一次。") from error
        raise


def _log(view: SavedView, project: Project, by: Actor, verb: str, sentence: str) -> None:
    record(
        by=by,
        verb=verb,
        object=view.name,
        sentence=sentence,
        path=view.path,
        project_code=project.code,
    )
