"""Deliveries leave the platform: after the commit of what they tell, by a worker, again and again until they are taken.

Invariants: whether the owner may still read it is asked anew before each sending; a delivery is noted as sent once the
receiver took it, so whoever dies in between sends it twice under one id, and never not at all. No transaction is open
while a receiver is waited for.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone

from apps.accounts.backends import ScopedBackend
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.domain.sealing import SealBroken
from apps.accounts.models.roles import Permission
from apps.notices.backends import Outgoing, hand_over
from apps.notices.messages import Letter, send_letters
from apps.notices.models import Event, MessageKind
from apps.scope.context import enter
from apps.subscriptions.models import Channel, Delivery, DeliveryState, Subscription

from .contents import Names, names_of, payload, words
from .posting import Answer, post
from .signing import headers_of

AT_ONCE = 200
OF_ONE = 20
"""So many deliveries of one subscription in a row: none waits behind another's thousands."""
THREADS = 8
FIRST_DELAY, LONGEST_DELAY = timedelta(minutes=1), timedelta(hours=12)
GROWTH = 4
HOLD, LONGEST_HOLD = timedelta(seconds=30), timedelta(minutes=10)
SUBJECT = "集中带量采购提醒"
TAKEN, NOT_TAKEN = Answer(200, ""), Answer(None, "邮件或短信网关没有接收")
Answered = tuple[Delivery, Answer]


@dataclass(frozen=True, slots=True)
class Ready:
    """A delivery with what it says."""

    delivery: Delivery
    body: bytes
    headers: Mapping[str, str]


def delay_after(attempts: int) -> timedelta:
    """1, 4, 16 minutes, 1, 4, 12 hours, and 12 hours from then on."""
    delay: timedelta = FIRST_DELAY * GROWTH ** (attempts - 1)
    return min(delay, LONGEST_DELAY)


def deliver_due() -> int:
    """Send what is due, once each. Returns how many were tried."""
    tried = 0
    for delivery, answer in send_due():
        _note(delivery, answer)
        tried += 1
    return tried


def send_due() -> Iterator[Answered]:
    """Send what is due; whoever asks notes each answer as it comes."""
    due = _admitted(_due(timezone.now()))
    names = names_of([delivery.event for delivery in due])
    by_channel: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in due:
        by_channel[delivery.subscription.channel].append(delivery)
    yield from _mailed(by_channel[Channel.MAIL], names)
    yield from _texted(by_channel[Channel.SMS], names)
    yield from _posted(by_channel[Channel.WEBHOOK], names)


def _due(at: datetime) -> list[Delivery]:
    """The oldest first, no more than `OF_ONE` of a subscription."""
    held = Q(subscription__held_until__gt=at)
    place = Window(RowNumber(), partition_by=[F("subscription_id")], order_by=["due_at", "pk"])
    rows = (
        Delivery.objects.filter(
            ~held,
            state=DeliveryState.WAITING,
            due_at__lte=at,
            subscription__ended_at__isnull=True,
            subscription__is_on=True,
        )
        .annotate(place=place)
        .filter(place__lte=OF_ONE)
        .select_related("event", "subscription__account__organization")
        .select_related("subscription__account__enterprise")
        .select_related("subscription__account__parent_account")
    )
    return list(rows.order_by("due_at", "pk")[:AT_ONCE])


def _admitted(due: Sequence[Delivery]) -> list[Delivery]:
    """Those that their owners may read now; the others are put aside for good."""
    of_account: dict[int, list[Delivery]] = defaultdict(list)
    for delivery in due:
        of_account[delivery.subscription.account_id].append(delivery)
    seen: list[Delivery] = []
    for deliveries in of_account.values():
        seen += _readable(deliveries)
    kept = {delivery.pk for delivery in seen}
    withheld = [delivery.pk for delivery in due if delivery.pk not in kept]
    Delivery.objects.filter(pk__in=withheld).update(state=DeliveryState.WITHHELD)
    return seen


def _readable(deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Of one account's, by its scope as it is now."""
    account = deliveries[0].subscription.account
    if not ScopedBackend().user_can_authenticate(account) or not account.has(Permission.QUERY):
        return []
    with enter(scope_of(account)):
        wanted = {delivery.event_id for delivery in deliveries}
        seen = set(Event.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    return [delivery for delivery in deliveries if delivery.event_id in seen]


def _posted(deliveries: Sequence[Delivery], names: Names) -> Iterator[Answered]:
    """At the same time; what a thread does touches no database."""
    ready: list[Ready] = []
    for delivery in deliveries:
        body = payload(str(delivery.pk), delivery.event, names)
        try:
            headers = headers_of(
                delivery.subscription, delivery=str(delivery.pk), body=body, at=timezone.now()
            )
        except SealBroken:
            yield delivery, Answer(None, "密钥无法打开，请更换密钥")
            continue
        ready.append(Ready(delivery, body, headers))
    if not ready:
        return
    with ThreadPoolExecutor(THREADS) as pool:
        sent = {
            pool.submit(post, each.delivery.subscription.address, each.body, each.headers): each
            for each in ready
        }
        for future in as_completed(sent):
            yield sent[future].delivery, future.result()


def _mailed(deliveries: Sequence[Delivery], names: Names) -> Iterator[Answered]:
    """One connection; a mail that the server doesn't take is tried again by itself."""
    connection = get_connection() if deliveries else None
    for delivery in deliveries:
        text = words(delivery.event, names)
        mail = EmailMessage(
            SUBJECT, text, to=[delivery.subscription.address], connection=connection
        )
        try:
            mail.send()
        except OSError as error:  # what smtplib raises is one
            yield delivery, Answer(None, str(error)[:200])
        else:
            yield delivery, TAKEN


def _texted(deliveries: Sequence[Delivery], names: Names) -> Iterator[Answered]:
    keys = range(len(deliveries))
    messages = [
        Outgoing(key, "", delivery.subscription.address, words(delivery.event, names))
        for key, delivery in zip(keys, deliveries, strict=True)
    ]
    taken = set(hand_over(messages))
    for key, delivery in zip(keys, deliveries, strict=True):
        yield delivery, TAKEN if key in taken else NOT_TAKEN


@transaction.atomic
def _note(delivery: Delivery, answer: Answer) -> None:
    now = timezone.now()
    attempts = delivery.attempts + 1
    noted = {
        "attempts": attempts,
        "tried_at": now,
        "status_code": answer.code,
        "answer": answer.words[:200],
    }
    row = Delivery.objects.filter(pk=delivery.pk)
    subscription = Subscription.objects.filter(pk=delivery.subscription_id)
    if answer.is_taken:
        row.update(state=DeliveryState.SENT, **noted)
        subscription.filter(failures__gt=0).update(failures=0, held_until=None, warned_at=None)
        return
    is_dead = attempts >= settings.WEBHOOK_ATTEMPTS
    state = DeliveryState.DEAD if is_dead else DeliveryState.WAITING
    row.update(state=state, due_at=now + delay_after(attempts), **noted)
    failures = delivery.subscription.failures + 1
    hold = min(HOLD * failures, LONGEST_HOLD)
    subscription.update(failures=F("failures") + 1, held_until=now + hold)
    if is_dead:
        _warn(delivery.subscription, answer)


def _warn(subscription: Subscription, answer: Answer) -> None:
    """Once until something is taken again, not for each delivery that is given up."""
    unwarned = Subscription.objects.filter(pk=subscription.pk, warned_at__isnull=True)
    if not unwarned.update(warned_at=timezone.now()):
        return
    letter = Letter(
        path=subscription.path,
        title=f"{subscription.get_channel_display()}“{subscription.name}”没有送达",
        body=(
            f"发往{subscription.get_channel_display()}“{subscription.name}”的事件多次没有送达"
            f"（{answer.words or answer.code}），已停止重试。请检查接收方后，在推送记录中重新发送。"
        ),
        url=_page(subscription),
    )
    send_letters([letter], kind=MessageKind.PUSH, by=Actor.system())


def _page(subscription: Subscription) -> str:
    if subscription.channel == Channel.WEBHOOK:
        return reverse("subscriptions:hook_detail", args=[subscription.pk])
    return reverse("subscriptions:preference_edit")
