"""Subscriptions of an account: made, paused, given a new secret and ended by its owner; deliveries sent again.

Invariants: a secret leaves with the answer to its making and nowhere else; nobody changes another account's.
"""

import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.passwords import own_account, record_of
from apps.accounts.domain.proofs import require_proof
from apps.accounts.models import User
from apps.accounts.models.roles import Permission
from apps.notices.event import EventName
from apps.subscriptions.models import Channel, Delivery, DeliveryState, Subscription

from .addresses import AddressRefused, resolved, target_of
from .signing import FORMER_SIGNS, new_secret, sealed

MOST_HOOKS = 10


class SubscriptionRefused(Exception):
    """Nothing was written; `str()` is the sentence."""


def own_hooks(account: User) -> QuerySet[Subscription]:
    """Live ones, the latest first."""
    rows = Subscription.objects.all().live().webhooks().filter(account=account)
    return rows.order_by("-created_at", "-pk")


@transaction.atomic
def create_hook(
    *, by: Actor, name: str, address: str, events: Collection[str], below: bool
) -> tuple[Subscription, str]:
    """A webhook and its secret. Raises `SubscriptionRefused`, `ProofMissing`."""
    account = _acting(by)  # locked: two at once are counted
    _require_events(events)
    names = set(own_hooks(account).values_list("name", flat=True))
    if name in names:
        raise SubscriptionRefused(f"已有名为“{name}”的推送，请换一个名称，或先终止它。")
    if len(names) >= MOST_HOOKS:
        raise SubscriptionRefused(f"一个账号最多 {MOST_HOOKS} 个推送，请先终止不用的。")
    try:
        resolved(target_of(address))
    except AddressRefused as refusal:
        raise SubscriptionRefused(str(refusal)) from None
    require_proof(by=by, asked=True)
    secret = new_secret()
    made = _made(
        account, Channel.WEBHOOK, name, address, events, below=below, secret=sealed(secret)
    )
    said = f"新建了事件推送“{name}”，发往 {address}：{made.events_in_words}。"
    record_of(by, account, "新建事件推送", said)
    return made, secret


@transaction.atomic
def switch_hook(*, by: Actor, hook_id: int, is_on: bool) -> Subscription:
    """暂停, 恢复. What happens meanwhile is not told later. Raises `Subscription.DoesNotExist`."""
    hook = _own(by, hook_id)
    if hook.is_on != is_on:
        hook.is_on, hook.held_until, hook.failures = is_on, None, 0
        hook.save(update_fields=["is_on", "held_until", "failures"])
        verb = "恢复事件推送" if is_on else "暂停事件推送"
        record_of(by, hook.account, verb, f"{verb[:2]}了事件推送“{hook.name}”。")
    return hook


@transaction.atomic
def rotate_secret(*, by: Actor, hook_id: int) -> tuple[Subscription, str]:
    """A new secret; the former signs beside it for `FORMER_SIGNS`.

    Raises `Subscription.DoesNotExist`, `ProofMissing`.
    """
    hook = _own(by, hook_id)
    require_proof(by=by, asked=True)
    secret = new_secret()
    hook.former_secret, hook.former_until = bytes(hook.secret), timezone.now() + FORMER_SIGNS
    hook.secret = sealed(secret)
    hook.save(update_fields=["secret", "former_secret", "former_until"])
    record_of(by, hook.account, "更换推送密钥", f"更换了事件推送“{hook.name}”的密钥。")
    return hook, secret


@transaction.atomic
def end_hook(*, by: Actor, hook_id: int) -> None:
    """终止. Raises `Subscription.DoesNotExist`."""
    hook = _own(by, hook_id)
    _end(hook, by)
    record_of(by, hook.account, "终止事件推送", f"终止了事件推送“{hook.name}”。")


@transaction.atomic
def resend(*, by: Actor, hook_id: int, delivery_id: uuid.UUID) -> bool:
    """Once more, under the same id; whether it was not waiting already. Raises `Subscription.DoesNotExist`."""
    hook = _own(by, hook_id)
    rows = Delivery.objects.filter(pk=delivery_id, subscription=hook)
    now = timezone.now()
    again = rows.exclude(state=DeliveryState.WAITING).update(
        state=DeliveryState.WAITING, attempts=0, due_at=now
    )
    if again:
        Subscription.objects.filter(pk=hook.pk).update(held_until=None)
        record_of(by, hook.account, "重新推送", f"重新发送了“{hook.name}”的推送 {delivery_id}。")
    return bool(again)


def preference_of(account: User, channel: Channel) -> Subscription | None:
    """Where and of what the account is told by mail or short message."""
    rows = Subscription.objects.all().live().filter(account=account, channel=channel)
    found: Subscription | None = rows.first()
    return found


@transaction.atomic
def save_preference(
    *, by: Actor, channel: Channel, address: str, events: Collection[str]
) -> Subscription | None:
    """Mail or short messages to this address of these events; without an address or an event, none any more.

    Raises `SubscriptionRefused`.
    """
    account = _acting(by)
    held = preference_of(account, channel)
    if not address or not events:
        if held:
            _end(held, by)
            record_of(by, account, "提醒设置", f"不再以{channel.label}提醒。")
        return None
    _require_events(events)
    if held and (held.address, held.events) == (address, sorted(events)):
        return held
    if held:
        _end(held, by)
    made = _made(account, channel, channel.label, address, events)
    said = f"以{channel.label}提醒：{made.events_in_words}。"
    record_of(by, account, "提醒设置", said)
    return made


def _acting(by: Actor) -> User:
    """The account that acts, locked. Raises `SubscriptionRefused`."""
    account = own_account(by)
    if by.token:
        raise SubscriptionRefused("令牌不能设置推送，请在网页上登录后办理。")
    if account.is_staff or not account.has(Permission.QUERY):
        raise SubscriptionRefused("没有“查询”权限的账号不能设置推送。")
    return account


def _own(by: Actor, hook_id: int) -> Subscription:
    account = _acting(by)
    found: Subscription = own_hooks(account).get(pk=hook_id)
    found.account = account
    return found


def _require_events(events: Collection[str]) -> None:
    if not events or not set(events) <= set(EventName.values):
        raise SubscriptionRefused("请至少勾选一种事件。")


def _made(
    account: User,
    channel: Channel,
    name: str,
    address: str,
    events: Collection[str],
    **fields: Any,
) -> Subscription:
    made: Subscription = Subscription.objects.create(
        account=account,
        path=account.path,
        channel=channel,
        name=name,
        address=address,
        events=sorted(events),
        created_at=timezone.now(),
        **fields,
    )
    return made


def _end(subscription: Subscription, by: Actor) -> None:
    """Its secrets are forgotten at once, but for what the row has to have."""
    subscription.ended_at, subscription.ended_by = timezone.now(), by.name
    subscription.former_secret, subscription.former_until = b"", None
    subscription.save(update_fields=["ended_at", "ended_by", "former_secret", "former_until"])
