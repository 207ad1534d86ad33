"""What services refuse, each a sentence for the person, and the checks they share."""

from apps.accounts.domain.actors import Actor
from apps.accounts.models.roles import Permission
from apps.organizations.models import Organization, Tier
from apps.projects.models import Phase, Project


class ProjectRefused(Exception):
    """A service refused; the message says why and what to do."""


class ProjectFrozen(ProjectRefused):
    """The project is published (or over): what was wanted is fixed."""


class NotAllowed(ProjectRefused):
    """The act is another unit's, or the account lacks the right to it."""


def locked(project: Project) -> Project:
    """The project as it stands, locked until the transaction ends: services and publication take turns."""
    fresh: Project = Project.objects.select_for_update(of=("self",), no_key=True).get(pk=project.pk)
    return fresh


def require_changeable(project: Project) -> None:
    """Raises `ProjectFrozen` once the project is published."""
    if project.is_frozen:
        raise ProjectFrozen(
            f"项目处于“{project.get_phase_display()}”阶段，不能再修改；时间和开关除外。"
        )


def require_running(project: Project) -> None:
    """Raises `ProjectFrozen` once the project is closed or concluded."""
    if project.phase in (Phase.CLOSED, Phase.CONCLUDED):
        raise ProjectFrozen(f"项目处于“{project.get_phase_display()}”阶段，时间和开关不能再修改。")


def require_right(by: Actor, permission: Permission) -> None:
    """Raises `NotAllowed` unless the account (a sub-account holds a part of its unit's rights) has the right."""
    if not by.may(permission):
        raise NotAllowed(f"您的账号没有“{permission.label}”权限。")


def require_alliance(by: Actor) -> None:
    """The alliance office, by an account that manages. Raises `NotAllowed`."""
    if by.user is not None and (not by.organization or by.organization.tier != Tier.ALLIANCE):
        raise NotAllowed("只有联采办可以办理。")
    require_right(by, Permission.MANAGE)


def require_province(
    by: Actor, place: Organization, *, right: Permission = Permission.MAINTAIN
) -> None:
    """The province in which `place` lies, by an account with the right, or the alliance. Raises `NotAllowed`."""
    if by.user is None:
        return
    own = by.organization
    if not own or own.tier not in (Tier.ALLIANCE, Tier.PROVINCE):
        raise NotAllowed("只有省医保和联采办可以办理。")
    if not place.path.startswith(own.path):
        raise NotAllowed(f"“{place.name}”不在您的管辖范围内。")
    is_alliance = own.tier == Tier.ALLIANCE and right == Permission.MAINTAIN
    require_right(by, Permission.MANAGE if is_alliance else right)


def place_of(by: Actor) -> str:
    """Where the log entry of an act on a whole project belongs: the actor's own place."""
    return by.organization.path if by.organization else "/0/"
