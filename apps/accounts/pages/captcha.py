"""The captcha of the login page: an image, or a question in words for who cannot see it. Nothing leaves this machine.

Invariant: a challenge is good for one try, right or wrong.
"""

import secrets
from dataclasses import asdict, dataclass

from captcha.models import CaptchaStore
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.domain import lockout
from apps.accounts.pages.decorators import public
from apps.folding.domain.folding import folded


@public
@never_cache
@require_GET
def captcha_challenge(request: HttpRequest) -> JsonResponse:
    """Another challenge, for the page's script: `?words` for a question instead of an image."""
    return JsonResponse(asdict(new_challenge(in_words="words" in request.GET)))


LETTERS = "ACDEFGHJKLMNPRTUVWXY34679"
LENGTH = 4
NUMERALS = "零一二三四五六七八九"
# Failures from one address after which every login from there shows a captcha (mode `after_failure`).
SUSPICIOUS = 10


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the page shows: an image's address or a question."""

    key: str
    image_url: str
    question: str


def is_needed(username: str, address: str) -> bool:
    """By `CAPTCHA` = always | after_failure | off; failures count for the account, wherever they came from."""
    if settings.CAPTCHA != "after_failure":
        return bool(settings.CAPTCHA != "off")
    if username and lockout.failures(username=folded(username)):
        return True
    return lockout.failures(ip_address=address) >= SUSPICIOUS


def image_challenge() -> tuple[str, str]:
    """Text and answer of an image; also what the refresh button gets."""
    text = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return text, text.lower()


def new_challenge(*, in_words: bool = False) -> Challenge:
    CaptchaStore.remove_expired()
    if not in_words:
        key = CaptchaStore.generate_key()
        return Challenge(key, reverse("captcha-image", args=[key]), "")
    first, second = secrets.randbelow(9) + 1, secrets.randbelow(9) + 1
    question = f"{NUMERALS[first]}加{NUMERALS[second]}等于几？"
    store = CaptchaStore.objects.create(challenge=question, response=str(first + second))
    return Challenge(store.hashkey, "", question)


def is_solved(key: str, answer: str) -> bool:
    """Whether `answer` fits; the challenge is used up."""
    store = CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now()).first()
    if store is None:
        return False
    taken, _ = CaptchaStore.objects.filter(pk=store.pk).delete()
    return bool(taken) and secrets.compare_digest(store.response.encode(), folded(answer).encode())
