"""The scope of an account: its subtree or its enterprise, narrowed to granted projects."""

from guardian.models import UserObjectPermission

from apps.accounts.models import User
from apps.scope.context import Scope
from apps.scope.paths import ROOT, parent_path

PROJECT_GRANT = "act_in_project"


def scope_of(user: User) -> Scope:
    """What `user` may see. A limited account without a grant sees no project at all."""
    granted = granted_projects(user) if user.limited_to_projects else None
    if user.enterprise_id:
        return Scope(
            enterprise_id=user.enterprise_id,
            enterprise_within=issued_within(user.path),
            project_ids=granted,
            reason=user.username,
        )
    paths = (user.path,) if user.organization_id else ()
    return Scope(paths=paths, project_ids=granted, reason=user.username)


def issued_within(path: str) -> str | None:
    """The place of who issued an enterprise's account, by its path; `None`, the country, if it was the alliance."""
    place = parent_path(path)
    return None if place == ROOT else place


def granted_projects(user: User) -> frozenset[int]:
    """Ids of the projects that guardian grants name for the account."""
    grants = UserObjectPermission.objects.filter(
        user_id=user.pk, permission__codename=PROJECT_GRANT, content_type__app_label="projects"
    )
    return frozenset(int(key) for key in grants.values_list("object_pk", flat=True))
