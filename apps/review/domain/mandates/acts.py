"""代填授权 given and ended, each with one line in the log and a message to the other unit.

Invariant: a unit lends nothing but the filling in of its own filing, to an institution of its own province.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone

from apps.accounts.backends import BELONGING, ScopedBackend
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.proofs import require_proof
from apps.accounts.models import User
from apps.accounts.models.roles import Permission, Role
from apps.audit.services import record
from apps.folding.domain.folding import folded
from apps.notices.messages import Letter, send_letters
from apps.notices.models import MessageKind
from apps.organizations.models import Organization, Tier
from apps.projects.models import Phase, Project
from apps.review.domain.refusals import ReviewRefused
from apps.review.models import Filing, Mandate
from apps.review.models.mandate import OVER
from apps.scope.context import whole_country
from apps.scope.paths import province_path

LONGEST = timedelta(days=366)
MOST = 20
"""Live ones that an institution has given in a project."""
NOBODY = "没有找到可以授权的账号：请核对用户名和单位名称，只能授权给本省另一家医疗机构正在使用、有“维护”权限的账号。"


class MandateRefused(ReviewRefused):
    """A mandate can't be given or ended like this."""


@transaction.atomic
def grant_mandate(
    *,
    project: Project,
    username: str,
    unit_name: str,
    may_report: bool,
    ends_at: datetime,
    by: Actor,
) -> Mandate:
    """Let the account fill in for the actor's unit. Raises `MandateRefused`, `ProofMissing`."""
    filing = _own_filing(project, by)
    now = timezone.now()
    if not now < ends_at <= now + LONGEST:
        raise MandateRefused("授权截止应在今天以后、一年以内。")
    holder = _holder(username, unit_name, by.organization)  # type: ignore[arg-type]
    _require_room(filing, holder)
    require_proof(by=by, asked=True)
    mandate: Mandate = Mandate.objects.create(  # type: ignore[misc]  # an institution's account, not the system
        project=project,
        organization=filing.organization,
        path=filing.path,
        account=holder,
        holder_path=holder.path,
        may_report=may_report,
        granted_at=now,
        granted_by=by.user,
        granted_by_name=by.name,
        ends_at=ends_at,
    )
    _tell_grant(mandate, project, holder, by=by)
    return mandate


def _own_filing(project: Project, by: Actor) -> Filing:
    """The actor's own, locked: two grants at once are counted."""
    unit = by.organization
    if by.mandate is not None or unit is None or unit.tier != Tier.INSTITUTION:
        raise MandateRefused("只有医疗机构可以授权其他机构代填。")
    if not by.may(Permission.REPORT):
        raise MandateRefused(f"您的账号没有“{Permission.REPORT.label}”权限，不能授权代填。")
    rows = Filing.objects.select_related("organization").filter(project=project, organization=unit)
    filing: Filing | None = rows.select_for_update(of=("self",), no_key=True).first()
    if filing is None or filing.maintained or project.phase == Phase.CONCLUDED:
        raise MandateRefused("本单位在这个项目里没有要填报的内容，不能授权代填。")
    return filing


def _holder(username: str, unit_name: str, unit: Organization) -> User:
    """Both have to be right: a slip of one sign must not let a stranger in, and nobody learns who has which name."""
    with whole_country(reason="an account of another unit, by its name"):
        accounts = User.objects.select_related(*BELONGING).annotate(key=Lower("username"))
        account: User | None = accounts.filter(key=folded(username)).first()
    if account is None or account.organization is None or account.role != Role.INSTITUTION:
        raise MandateRefused(NOBODY)
    other = account.organization
    is_there = other.pk != unit.pk and province_path(other.path) == province_path(unit.path)
    is_named = folded(other.name) == folded(unit_name)
    may = ScopedBackend().user_can_authenticate(account) and account.has(Permission.MAINTAIN)
    if not (is_there and is_named and may):
        raise MandateRefused(NOBODY)
    return account


def _require_room(filing: Filing, holder: User) -> None:
    own = Mandate.objects.filter(
        project_id=filing.project_id, organization_id=filing.organization_id, ended_at__isnull=True
    )
    own.filter(ends_at__lte=timezone.now()).update(ended_at=timezone.now(), ended_by=OVER)
    holders = list(own.values_list("account_id", flat=True))
    if holder.pk in holders:
        raise MandateRefused("已经授权这个账号代填；要改截止日期或上报权限，请先终止再重新授权。")
    if len(holders) >= MOST:
        raise MandateRefused(f"一个项目最多授权 {MOST} 个账号代填，请先终止不用的。")


def _tell_grant(mandate: Mandate, project: Project, holder: User, *, by: Actor) -> None:
    lender, rights = mandate.organization.name, "填写和上报" if mandate.may_report else "填写"
    until = f"{timezone.localtime(mandate.ends_at):%Y-%m-%d %H:%M}"
    record(
        by=by,
        verb="代填授权",
        object=lender,
        sentence=f"授权{holder.organization}的账号 {holder.username}（{holder}）代{lender}{rights}“{project.name}”，"
        f"至 {until}。",
        path=mandate.path,
        project_code=project.code,
    )
    letter = Letter(
        path=mandate.holder_path,
        title=f"{lender}授权代填",
        body=f"{lender}授权本单位账号 {holder.username} 代为{rights}“{project.name}”，至 {until}。"
        "点右上角的单位名称开始代填。",
        url=reverse("review:mandate_held_list"),
    )
    send_letters([letter], kind=MessageKind.ACCOUNT, by=by)


@transaction.atomic
def end_mandate(*, mandate_id: int, by: Actor) -> bool:
    """终止, by the unit that gave it or a bureau above it; whether it was live.

    Raises `Mandate.DoesNotExist` outside the scope, `MandateRefused`.
    """
    rows = Mandate.objects.select_related("organization", "project", "account__organization")
    mandate: Mandate = rows.select_for_update(of=("self",), no_key=True).get(pk=mandate_id)
    if not may_end(mandate, by):
        raise MandateRefused("代填授权由授权的机构或它的上级终止。")
    if mandate.ended_at is not None:
        return False
    was_live = mandate.is_live
    mandate.ended_at = timezone.now()
    unit = by.organization.name if by.organization else ""
    mandate.ended_by = f"{unit} {by.name}终止"[:200] if was_live else OVER
    mandate.save(update_fields=["ended_at", "ended_by"])
    if was_live:
        _tell_end(mandate, by=by)
    return was_live


def may_end(mandate: Mandate, by: Actor) -> bool:
    """The unit itself by who reports, a bureau above it by who reviews."""
    if by.organization is None or by.mandate is not None:
        return False
    if by.organization.pk == mandate.organization_id:
        return by.may(Permission.REPORT)
    above = by.organization.tier != Tier.INSTITUTION and mandate.path.startswith(
        by.organization.path
    )
    return above and by.may(Permission.REVIEW)


def _tell_end(mandate: Mandate, *, by: Actor) -> None:
    lender, holder = mandate.organization.name, mandate.account
    said = f"终止了账号 {holder.username}（{holder.organization}）代{lender}填报“{mandate.project.name}”的授权。"
    record(
        by=by,
        verb="终止代填授权",
        object=lender,
        sentence=said,
        path=mandate.path,
        project_code=mandate.project.code,
    )
    paths = {mandate.path, mandate.holder_path} - {by.path}
    letters = [
        Letter(path=path, title=f"{lender}的代填授权已终止", body=f"{by.organization}{said}")
        for path in sorted(paths)
    ]
    send_letters(letters, kind=MessageKind.ACCOUNT, by=by)
