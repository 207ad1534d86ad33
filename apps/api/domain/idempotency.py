"""A request that is sent again under its key gets the first one's answer and changes nothing.

Invariants: answers are kept for `KEPT`; what failed (5xx) is not kept, so that it can be tried again; a request that
never came to its end is tried again after `ABANDONED`, and then the services' own versions tell what was written.
"""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils import timezone

from apps.accounts.models import Token
from apps.api.models import AnsweredRequest

KEPT = timedelta(days=2)
ABANDONED = timedelta(minutes=2)
FAILED = 500


class KeyReused(Exception):
    """The key stands for another request; `str()` is the sentence."""


class KeyAtWork(Exception):
    """The first request is still at work."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered."""

    status: int
    content_type: str
    etag: str
    content: bytes


def digest_of(method: str, address: str, content: bytes) -> str:
    return sha256(b"\0".join((method.encode(), address.encode(), content))).hexdigest()


def begin(token: Token, key: str, digest: str) -> Answer | None:
    """The answer if there is one; else the request begins, and `keep` or `forget` ends it.

    Raises `KeyReused`, `KeyAtWork`.
    """
    new = AnsweredRequest(token=token, key=key, digest=digest, at=timezone.now())
    try:
        with transaction.atomic():
            new.save(force_insert=True)
    except IntegrityError:
        return _known(token, key, digest)
    return None


def _known(token: Token, key: str, digest: str) -> Answer | None:
    known: AnsweredRequest = AnsweredRequest.objects.get(token=token, key=key)
    if known.digest != digest:
        raise KeyReused("这个 Idempotency-Key 已用于内容不同的请求，请换一个。")
    if known.status is not None:
        return Answer(known.status, known.content_type, known.etag, bytes(known.content))
    taken = AnsweredRequest.objects.filter(
        pk=known.pk, status__isnull=True, at__lt=timezone.now() - ABANDONED
    ).update(at=timezone.now())
    if not taken:
        raise KeyAtWork("同一个请求正在办理，请稍后再试。")
    return None


def keep(token: Token, key: str, answer: Answer) -> None:
    """The end of a request that began: its answer, unless it failed."""
    row = AnsweredRequest.objects.filter(token=token, key=key)
    if answer.status >= FAILED:
        row.delete()
        return
    row.update(
        status=answer.status,
        content_type=answer.content_type,
        etag=answer.etag,
        content=answer.content,
    )


def forget(token: Token, key: str) -> None:
    """The request failed: it may be sent again."""
    AnsweredRequest.objects.filter(token=token, key=key).delete()


def forget_old() -> int:
    """Answers that nobody asks for any more; returns how many."""
    old = AnsweredRequest.objects.filter(at__lt=timezone.now() - KEPT)
    number, _ = old.delete()
    return int(number)
