"""The captcha of the login page: an image, or digits read aloud for who cannot see it. Nothing leaves this machine.

Invariants: a challenge is good for one try, right or wrong; no text that the page or its answers hold gives it away.
"""

import secrets
from dataclasses import asdict, dataclass

from captcha.models import CaptchaStore
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from apps.accounts.domain import lockout
from apps.accounts.files.spoken import spoken
from apps.accounts.pages.decorators import public
from apps.folding.domain.folding import folded


@public
@never_cache
@require_GET
def captcha_challenge(request: HttpRequest) -> JsonResponse:
    """Another challenge, for the page's script: `?aloud` for digits read aloud instead of an image."""
    return JsonResponse(asdict(new_challenge(aloud="aloud" in request.GET)))


@public
@never_cache
@require_GET
def captcha_audio(_request: HttpRequest, key: str) -> HttpResponse:
    """The digits of a challenge that is to be heard; of no image. 404 once it is used or has expired."""
    store = CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now()).first()
    if store is None or not store.challenge.isdigit():
        raise Http404
    return HttpResponse(spoken(store.challenge, key=key), content_type="audio/wav")


LETTERS = "ACDEFGHJKLMNPRTUVWXY34679"
LENGTH = 4
DIGITS_ALOUD = 5
# Failures from one address after which every login from there shows a captcha (mode `after_failure`).
SUSPICIOUS = 10


@dataclass(frozen=True, slots=True)
class Challenge:
    """What the page shows: the address of an image, or of a sound."""

    key: str
    image_url: str = ""
    audio_url: str = ""


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


def new_challenge(*, aloud: bool = False) -> Challenge:
    CaptchaStore.remove_expired()
    if not aloud:
        key = CaptchaStore.generate_key()
        return Challenge(key, image_url=reverse("captcha-image", args=[key]))
    digits = "".join(str(secrets.randbelow(10)) for _ in range(DIGITS_ALOUD))
    key = CaptchaStore.objects.create(challenge=digits, response=digits).hashkey
    return Challenge(key, audio_url=reverse("accounts:captcha_audio", args=[key]))


def is_solved(key: str, answer: str) -> bool:
    """Whether `answer` fits; the challenge is used up."""
    store = CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now()).first()
    if store is None:
        return False
    taken, _ = CaptchaStore.objects.filter(pk=store.pk).delete()
    return bool(taken) and secrets.compare_digest(store.response.encode(), folded(answer).encode())
