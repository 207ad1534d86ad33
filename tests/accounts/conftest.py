"""Services of sign-on, where a test asks for one."""

import pytest
from django.core.cache import cache

from tests.accounts.sign_on import running_portal, running_provider


@pytest.fixture(scope="session")
def openid_server():
    with running_provider() as openid:
        yield openid


@pytest.fixture
def openid(openid_server, settings):
    """The OpenID provider; nothing that it said before is remembered."""
    cache.clear()
    settings.SIGN_ON_NETWORKS, settings.CAPTCHA = ["127.0.0.0/8"], "off"
    openid_server.logout_tokens()
    return openid_server


@pytest.fixture(scope="session")
def portal_server():
    with running_portal() as portal:
        yield portal


@pytest.fixture
def portal(portal_server, settings):
    """The portal that speaks OAuth 2 and CAS."""
    cache.clear()
    settings.SIGN_ON_NETWORKS, settings.CAPTCHA = ["127.0.0.0/8"], "off"
    portal_server.reset()
    return portal_server
