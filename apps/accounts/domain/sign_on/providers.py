"""Services of sign-on: set up by 安全管理员, tried, and opened when another person has approved them as they are.

Invariants: what signs people in is what was tried and approved: whatever changes of it closes it until both are done
again. Who is bound stays bound while it is the same people's service, and no longer.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from apps.accounts.domain import approvals
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.approvals import ApprovalRefused, Case, Matter, register_case
from apps.accounts.domain.sealing import SealBroken, seal_secret, unseal_secret
from apps.accounts.models import Approval, ApprovalKind, Identity, Provider, Session, User
from apps.accounts.models.roles import Permission, Role
from apps.audit.domain.seen import Seen, require_seen
from apps.audit.services import record
from apps.scope.context import whole_country
from apps.scope.paths import ROOT

SET_BY_HAND = (
    "name", "province", "protocol", "address", "token_address", "person_address", "client_id", "secret_in_body",
    "scopes", "subject_claim", "account_claim", "password_address", "local_password",
)  # fmt: skip
DECIDERS = (Role.SYSTEM, Role.SECURITY)


class NotKeeper(Exception):
    """The person does not keep the services of sign-on."""


def doors() -> Sequence[Provider]:
    """What the login page offers, those of all provinces first, then by province."""
    active = _with_province().filter(is_active=True)
    return list(active.order_by(F("province__path").asc(nulls_first=True), "name", "pk"))


def open_provider(provider_id: int) -> Provider | None:
    """One that signs people in now."""
    return _with_province().filter(pk=provider_id, is_active=True).first()


def _with_province() -> QuerySet[Provider]:
    return Provider.objects.select_related("province")


@transaction.atomic
def save_provider(
    *,
    by: Actor,
    provider_id: int | None,
    facts: Mapping[str, Any],
    secret: str = "",
    seen: Seen | None = None,
) -> Provider:
    """Make or change one; `secret` "" keeps the one there is. Raises `NotKeeper`, `ChangedMeanwhile`."""
    _require_keeper(by)
    provider = Provider() if provider_id is None else locked_provider(provider_id)
    if provider_id is not None:
        require_seen(seen, provider)
    authority = provider.authority if provider_id is not None else None
    for name in SET_BY_HAND:
        setattr(provider, name, facts[name])
    if secret:
        provider.sealed_secret = seal_secret(secret)
    provider.is_active, provider.tried_at = False, None
    provider.save()
    _end_sessions(provider)
    unbound = 0
    if authority is not None and authority != provider.authority:
        with whole_country(reason="who was bound to a service"):
            unbound = Identity.objects.filter(provider=provider).delete()[0]
    freed = f"，解除了 {unbound} 个账号的绑定" if unbound else ""
    verb = "新增登录服务" if provider_id is None else "修改登录服务"
    _record(
        by,
        provider,
        verb,
        f"{verb[:2]}了登录服务{said_of(provider)}{freed}，须重新试登录并经批准后启用。",
    )
    return provider


def locked_provider(provider_id: int) -> Provider:
    return Provider.objects.select_for_update(no_key=True).get(pk=provider_id)


@transaction.atomic
def note_trial(*, by: Actor, provider_id: int) -> None:
    """A trial told who somebody is. Raises `NotKeeper`."""
    _require_keeper(by)
    provider = locked_provider(provider_id)
    provider.tried_at = timezone.now()
    provider.save(update_fields=["tried_at"])
    _record(by, provider, "试登录", f"试登录了登录服务{said_of(provider)}，对方给出了用户信息。")


@transaction.atomic
def ask_opening(*, by: Actor, provider_id: int) -> Approval:
    """Ask another person to open it as it is. Raises `NotKeeper`, `ApprovalRefused`."""
    _require_keeper(by)
    provider = locked_provider(provider_id)
    if provider.is_active:
        raise ApprovalRefused("这个登录服务已经启用。")
    if provider.tried_at is None:
        raise ApprovalRefused("请先试登录：保存之后还没有一次试登录成功。")
    title = f"启用登录服务{said_of(provider)}"[:200]
    content = {"as": digest_of(provider), "told": _told(provider)}
    return approvals.ask(
        by=by, matter=Matter(ApprovalKind.SIGN_ON, provider.pk, ROOT, title, content)
    )


@transaction.atomic
def close_provider(*, by: Actor, provider_id: int) -> bool:
    """Nobody is signed in by it any more, who was is out; whether it was open. Raises `NotKeeper`."""
    _require_keeper(by)
    provider = locked_provider(provider_id)
    if not provider.is_active:
        return False
    provider.is_active = False
    provider.save(update_fields=["is_active"])
    _end_sessions(provider)
    _record(by, provider, "禁用登录服务", f"禁用了登录服务{said_of(provider)}。")
    return True


def _end_sessions(provider: Provider) -> None:
    """Its logouts would not reach them any more."""
    with whole_country(reason="sessions of a service"):
        identities = list(Identity.objects.filter(provider=provider).values_list("pk", flat=True))
    Session.objects.filter(identity__in=identities).delete()


def _may_decide(_asked: Approval, user: User) -> bool:
    is_alliance = user.role == Role.ALLIANCE and user.has(Permission.MANAGE_ACCOUNTS)
    return user.role in DECIDERS or is_alliance


def _carry_out(by: Actor, asked: Approval) -> None:
    provider = locked_provider(asked.subject_id)
    if provider.tried_at is None or digest_of(provider) != asked.content["as"]:
        raise ApprovalRefused("申请之后登录服务的设置又有改动，请重新试登录、重新申请。")
    provider.is_active = True
    provider.save(update_fields=["is_active"])
    _record(by, provider, "启用登录服务", f"启用了登录服务{said_of(provider)}。")


register_case(ApprovalKind.SIGN_ON, Case(_may_decide, _carry_out))


def digest_of(provider: Provider) -> str:
    """What was approved: every setting, the secret among them."""
    kept = [str(getattr(provider, field.attname)) for field in _set_by_hand()]
    sealed = bytes(provider.sealed_secret or b"").hex()
    return hashlib.sha256("\0".join([*kept, sealed]).encode()).hexdigest()


def said_of(provider: Provider) -> str:
    return f"“{provider.name}”（{provider.get_protocol_display()}，{provider.address}）"


def _told(provider: Provider) -> list[tuple[str, str]]:
    """Every setting by its label, for who decides."""
    values = ((field.verbose_name, getattr(provider, field.name)) for field in _set_by_hand())
    return [(str(label), _in_words(value)) for label, value in values]


def _set_by_hand() -> list[Any]:
    return [field for field in Provider._meta.concrete_fields if field.name in SET_BY_HAND]


def _in_words(value: object) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value or "—")


def _require_keeper(by: Actor) -> None:
    if by.user is None or by.user.role != Role.SECURITY:
        raise NotKeeper


def _record(by: Actor, provider: Provider, verb: str, sentence: str) -> None:
    record(by=by, verb=verb, object=provider.name, sentence=sentence, path=ROOT)


def reseal_secrets() -> tuple[int, int]:
    """Seal them by the first key: how many were, and how many open by none of ours and stay as they are."""
    sealed, broken = 0, 0
    with transaction.atomic():
        for provider in (
            Provider.objects.select_for_update().exclude(sealed_secret=None).order_by("pk")
        ):
            try:
                secret = unseal_secret(bytes(provider.sealed_secret or b""))
            except SealBroken:
                broken += 1
                continue
            provider.sealed_secret = seal_secret(secret)
            provider.save(update_fields=["sealed_secret"])
            sealed += 1
    return sealed, broken
