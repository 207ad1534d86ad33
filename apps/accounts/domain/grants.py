"""Grants of named projects to accounts that are limited to some: what the tree cannot say.

`projects` stands above this app, so its model is asked for by name.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet
from guardian.models import UserObjectPermission

from apps.accounts.domain.scopes import PROJECT_GRANT, granted_projects
from apps.accounts.models import User

PROJECT = ("projects", "Project")


def grantable_projects() -> QuerySet[Any]:
    """The projects in the scope: a main account passes on what it sees itself."""
    return apps.get_model(*PROJECT).objects.order_by("-pk")  # type: ignore[no-any-return]


def granted_names(accounts: QuerySet[User]) -> dict[int, list[str]]:
    """By account, what the projects are called that it is limited to; two statements."""
    grants = UserObjectPermission.objects.filter(
        user__in=accounts, permission__codename=PROJECT_GRANT
    )
    pairs = [(user, int(key)) for user, key in grants.values_list("user_id", "object_pk")]
    projects = grantable_projects().filter(pk__in={pk for _, pk in pairs})
    names = dict(projects.values_list("pk", "name"))
    granted: dict[int, list[str]] = {}
    for user, pk in sorted(pairs):
        if pk in names:
            granted.setdefault(user, []).append(names[pk])
    return granted


def set_granted_projects(user: User, project_ids: frozenset[int]) -> None:
    """Make the account's grants exactly these projects."""
    held = granted_projects(user)
    content_type = ContentType.objects.get_for_model(apps.get_model(*PROJECT))
    permission = Permission.objects.get(content_type=content_type, codename=PROJECT_GRANT)
    named = UserObjectPermission.objects.filter(user=user, permission=permission)
    named.filter(object_pk__in=[str(pk) for pk in held - project_ids]).delete()
    UserObjectPermission.objects.bulk_create(
        UserObjectPermission(
            user=user, permission=permission, content_type=content_type, object_pk=str(pk)
        )
        for pk in sorted(project_ids - held)
    )
