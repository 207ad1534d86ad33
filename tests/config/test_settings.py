"""What settings come to by what the environment says, each in a process of its own."""

import json
import os
import subprocess
import sys

from django.conf import settings

NAMES = (
    "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_PATH",
    "SESSION_COOKIE_DOMAIN", "EMAIL_BACKEND", "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER",
    "EMAIL_HOST_PASSWORD", "EMAIL_USE_TLS", "DEFAULT_FROM_EMAIL",
)  # fmt: skip
PROGRAM = f"""
import json
from django.conf import settings
print(json.dumps({{name: getattr(settings, name, None) for name in {NAMES!r}}}))
"""


def by(**said):
    environment = {
        "PATH": os.defpath,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgres://nobody@/nothing",
        "SECRET_KEY": "for this test alone",
        **said,
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(done.stdout)


def test_over_tls_cookies_are_of_this_host_alone():
    told = by(HTTPS="true")

    assert told["SESSION_COOKIE_NAME"] == "__Host-sessionid"
    assert told["CSRF_COOKIE_NAME"] == "__Host-csrftoken"
    assert told["SESSION_COOKIE_SECURE"]
    assert (told["SESSION_COOKIE_PATH"], told["SESSION_COOKIE_DOMAIN"]) == ("/", None)


def test_without_tls_no_browser_would_take_such_a_name():
    told = by(HTTPS="true", INSECURE_HTTP="true")

    assert (told["SESSION_COOKIE_NAME"], told["CSRF_COOKIE_NAME"]) == ("sessionid", "csrftoken")


def test_mail_goes_where_the_environment_says():
    told = by(
        EMAIL_URL="smtp+tls://fenliang%40example.cn:p%40ss@mail.example.cn:587",
        EMAIL_FROM="分量 <fenliang@example.cn>",
    )

    assert told["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (told["EMAIL_HOST"], told["EMAIL_PORT"]) == ("mail.example.cn", 587)
    assert told["EMAIL_HOST_USER"] == "fenliang@example.cn"
    assert (told["EMAIL_HOST_PASSWORD"], told["EMAIL_USE_TLS"]) == ("p@ss", True)
    assert told["DEFAULT_FROM_EMAIL"] == "分量 <fenliang@example.cn>"
    assert by()["EMAIL_BACKEND"] == "django.core.mail.backends.console.EmailBackend"
