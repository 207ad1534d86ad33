"""Which account a person of a service is: bound once, with the account's own password, and found from then on.

Invariants: an account comes from us, and role, unit and rights are its own, whatever the service says. A service of a
province signs in accounts of that province, none signs in administrators, and no binding is ever moved: it ends, and
another begins.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from apps.accounts.backends import BELONGING, ScopedBackend
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import own_account, record_of
from apps.accounts.domain.sign_on.told import Told, picked, word
from apps.accounts.models import Identity, Provider, Session, User
from apps.audit.domain.security import Verb
from apps.folding.domain.folding import folded
from apps.scope.context import whole_country


class BindingRefused(Exception):
    """Nothing was bound, or who is bound may not come in; `str()` is the sentence."""


@dataclass(frozen=True, slots=True)
class Bound:
    """Who may come in by what."""

    identity: Identity
    account: User


def found(provider: Provider, subject: str) -> Bound | None:
    """The account that the person confirmed; `None` for who is new here. Raises `BindingRefused`: shut out."""
    with whole_country(reason="who comes through a service"):
        rows = Identity.objects.filter(provider=provider, subject=subject)
        identity = rows.select_related(*(f"account__{name}" for name in BELONGING)).first()
        if identity is None:
            return None
        require_fitting(provider, identity.account)
        return Bound(identity, identity.account)


def note_use(identity: Identity) -> None:
    with whole_country(reason="who comes through a service"):
        Identity.objects.filter(pk=identity.pk).update(last_used_at=timezone.now())


def require_fitting(provider: Provider, account: User) -> None:
    """Raises `BindingRefused` where the service signs in nobody like this account, or the account is shut."""
    if account.is_staff:
        raise BindingRefused("平台管理员只能用本平台的密码登录。")
    if provider.province and not account.path.startswith(provider.province.path):
        raise BindingRefused(f"“{provider.name}”只供本省的账号登录。")
    if not ScopedBackend().user_can_authenticate(account):
        raise BindingRefused("账号或单位已禁用，不能登录，请联系上级单位。")


def claimed_username(provider: Provider, told: Told) -> str:
    """The username that the service names, where it names one; "" leaves it to the person.

    Raises `BindingRefused` if we issued no such account there.
    """
    if not provider.account_claim:
        return ""
    username = word(picked(told.claims, provider.account_claim))
    with whole_country(reason="who comes through a service"):
        accounts = User.objects.select_related(*BELONGING).annotate(key=Lower("username"))
        account = accounts.filter(key=folded(username)).first() if username else None
        if account is None:
            raise BindingRefused(f"“{provider.name}”给出的账号在本平台没有发放，请联系上级单位。")
        require_fitting(provider, account)
    return str(account.username)


@transaction.atomic
def bind(*, by: Actor, provider: Provider, subject: str) -> Identity:
    """Bind the person to the account that has just shown its password. Raises `BindingRefused`."""
    account = own_account(by)
    with whole_country(reason="who comes through a service"):
        if by.user is None:
            raise BindingRefused("系统没有账号。")
        require_fitting(provider, by.user)
        if Identity.objects.filter(provider=provider, account=account).exists():
            raise BindingRefused(
                f"这个账号已经绑定了“{provider.name}”的另一个用户。换人请先在“账号安全”中解除原来的绑定。"
            )
        try:
            with transaction.atomic():
                identity: Identity = Identity.objects.create(
                    provider=provider, account=account, subject=subject, bound_at=timezone.now()
                )
        except IntegrityError as error:
            raise BindingRefused(f"“{provider.name}”的这个用户刚刚绑定了别的账号。") from error
    record_of(
        by, account, "绑定外部登录", f"把账号 {account.username} 绑定到“{provider.name}”的用户。"
    )
    return identity


@transaction.atomic
def unbind(*, by: Actor, identity_id: int) -> bool:
    """解除 of one of the person's own, with the sessions that came by it; whether there was one."""
    account = own_account(by)
    with whole_country(reason="who comes through a service"):
        identity = Identity.objects.filter(account=account, pk=identity_id).first()
        if identity is None:
            return False
        name = identity.provider.name
        identity.delete()
    record_of(by, account, "解除外部登录", f"解除了账号 {account.username} 与“{name}”的绑定。")
    return True


def bound_to(account: User) -> list[Identity]:
    """By which open services the account can come in."""
    with whole_country(reason="who comes through a service"):
        rows = Identity.objects.filter(account=account, provider__is_active=True)
        return list(rows.select_related("provider").order_by("bound_at", "pk"))


def password_barred(account: User) -> str:
    """The service that took the place of the password here; "" while the password opens the door."""
    barring = (each.provider.name for each in bound_to(account) if not each.provider.local_password)
    return next(barring, "")


def came_through(identity_id: int | None) -> Provider | None:
    """The open service by which a session began; `None` where it was the password."""
    if identity_id is None:
        return None
    with whole_country(reason="who comes through a service"):
        rows = Identity.objects.filter(pk=identity_id, provider__is_active=True)
        identity = rows.select_related("provider").first()
    return identity.provider if identity else None


def password_page(identity_id: int | None) -> tuple[str, str]:
    """Where the password lives of who came by this identity: the service's name and address, or twice ""."""
    if identity_id is None:
        return "", ""
    with whole_country(reason="who comes through a service"):
        row = Identity.objects.filter(pk=identity_id, provider__is_active=True)
        told = row.values_list("provider__name", "provider__password_address").first()
    return told if told and told[1] else ("", "")


@transaction.atomic
def end_outer_sessions(
    *, provider: Provider, subject: str = "", session: str = "", at: datetime
) -> int:
    """End what was signed in until `at` by the session there, or by the person in all of them. How many.

    A message that comes again ends nothing that began after it.
    """
    with whole_country(reason="who comes through a service"):
        identities = Identity.objects.filter(provider=provider).values_list("pk", flat=True)
        if subject:
            identities = identities.filter(subject=subject)
        rows = Session.objects.filter(identity__in=list(identities), signed_in_at__lte=at)
        if session:
            rows = rows.filter(outer_session=session)
        accounts = list(User.objects.filter(pk__in=rows.values("account")))
        count: int = rows.delete()[0]
    for account in accounts:
        said = f"“{provider.name}”通知本人已在那里退出，结束了从那里进入的登录。"
        record_of(Actor.system(), account, Verb.LOGOUT, said)
    return count
