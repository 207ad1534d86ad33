"""An outer page for the passwords of a province's institutions (S1-10): the province asks, the alliance approves.

Invariant: where somebody is led to type a password is never decided by one unit.
"""

from django.db import transaction

from apps.accounts.domain import approvals
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import ApprovalRefused, Case, Matter, register_case
from apps.accounts.models import Approval, ApprovalKind, User
from apps.accounts.models.roles import Permission, Role
from apps.audit.domain.seen import Seen, require_seen
from apps.organizations.domain.units import own_province, set_password_url
from apps.organizations.models import Organization


@transaction.atomic
def ask_password_url(*, by: Actor, url: str, seen: Seen | None = None) -> Approval:
    """Ask the alliance for another address. Raises `UnitRefused`, `ApprovalRefused`, `ChangedMeanwhile`."""
    province = own_province(by)
    require_seen(seen, province)
    if province.password_url == url:
        raise ApprovalRefused("这个地址已经在用，没有改动。")
    title = f"{province.name}的医疗机构到 {url} 修改密码"
    matter = Matter(ApprovalKind.ADDRESS, province.pk, province.path, title[:200], {"url": url})
    return approvals.ask(by=by, matter=matter)


def waiting_url(province: Organization) -> str:
    """The address that waits for the alliance; "" for none."""
    waiting = Approval.objects.of(ApprovalKind.ADDRESS, province.pk).waiting().first()
    return str(waiting.content["url"]) if waiting else ""


def _may_decide(_asked: Approval, user: User) -> bool:
    return user.role == Role.ALLIANCE and user.has(Permission.MANAGE_ACCOUNTS)


def _carry_out(by: Actor, asked: Approval) -> None:
    set_password_url(by=by, province_id=asked.subject_id, url=asked.content["url"])


register_case(ApprovalKind.ADDRESS, Case(_may_decide, _carry_out))
