"""The address behind proxies: what they saw counts, what the client says does not."""

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse
from django.test import RequestFactory

from config.client_address import ClientAddressMiddleware

PROXY = "172.18.0.5"


def address_of(**headers: str) -> str:
    seen: list[str] = []

    def answer(request):
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    ClientAddressMiddleware(answer)(RequestFactory().get("/", REMOTE_ADDR=PROXY, headers=headers))
    return seen[0]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"),
        (2, "203.0.113.9", PROXY),
        (1, "2001:db8::7", "2001:db8::7"),
        (1, "unknown", PROXY),
        (1, "", PROXY),
    ],
)
def test_the_address_is_what_our_own_proxies_saw(settings, proxies, forwarded, address):
    settings.PROXIES = proxies

    assert address_of(**{"X-Forwarded-For": forwarded}) == address


def test_without_proxies_nothing_from_outside_is_believed(settings):
    settings.PROXIES = 0

    with pytest.raises(MiddlewareNotUsed):
        ClientAddressMiddleware(lambda _request: HttpResponse())
