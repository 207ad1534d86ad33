"""Messages by mail: a phone that is no number reaches nobody and holds up nobody else's."""

import os
import ssl
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as product

from apps.notices.backends import MailBackend, Outgoing, digits_of
from config.self_signed import CERTIFICATE, KEY, provide
from tests.notices.mail_server import MailServer, mail_server

PASSWORD = "p@ss:/word"
HANDED_OVER = """
import django
django.setup()
from apps.notices.backends import Outgoing, hand_over
print(hand_over([Outgoing(7, "甲", "13800138000", "请上报")]))
"""


@pytest.mark.parametrize(
    ("phone", "number"),
    [
        ("13800138000", "13800138000"),
        ("027-8588 0000", "02785880000"),
        ("＋86138", "+86138"),
        ("+86 13800138000", "+8613800138000"),
        ("evil@evil.example", ""),
        ("evil@evil.example, 1", ""),
        ("1380013\nBcc: evil@evil.example", ""),
        ("138/139", ""),
        ("", ""),
    ],
)
def test_only_numbers_become_addresses(phone: str, number: str) -> None:
    assert digits_of(phone) == number


def test_a_bad_phone_holds_up_nobody(settings, mailoutbox) -> None:
    settings.MESSAGE_MAIL_DOMAIN = "sms.example.cn"
    messages = [
        Outgoing(1, "甲", "evil@evil.example, 1", "请上报"),
        Outgoing(2, "乙", "13800138000", "请上报"),
    ]

    assert MailBackend().send(messages) == [1, 2]
    assert [mail.to for mail in mailoutbox] == [["13800138000@sms.example.cn"]]


@pytest.fixture
def mails(tmp_path: Path) -> Iterator[MailServer]:
    provide(tmp_path, ["127.0.0.1"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / CERTIFICATE, tmp_path / KEY)
    with mail_server(context, PASSWORD) as running:
        yield running


def handed_over(password: str, port: int, trusted: Path) -> str:
    """What a process says that knows the server by its environment alone, as in production."""
    said = {
        "PATH": os.defpath,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": "postgres://nobody@/nothing",
        "SECRET_KEY": "for this test alone",
        "EMAIL_URL": f"smtp+tls://fenliang%40example.cn:{password}@127.0.0.1:{port}",
        "EMAIL_FROM": "fenliang@example.cn",
        "MESSAGE_BACKEND": "apps.notices.backends.MailBackend",
        "MESSAGE_MAIL_DOMAIN": "sms.example.cn",
        "SSL_CERT_FILE": str(trusted),
    }
    command = [sys.executable, "-c", HANDED_OVER]
    done = subprocess.run(
        command, env=said, cwd=product.BASE_DIR, check=True, capture_output=True, text=True
    )
    return done.stdout.splitlines()[-1]


def test_a_server_takes_them_over_tls_from_who_knows_its_password(
    mails: MailServer, tmp_path: Path
) -> None:
    trusted = tmp_path / CERTIFICATE

    assert handed_over("wrong", mails.port, trusted) == "[]"
    assert handed_over("p%40ss%3A%2Fword", mails.port, trusted) == "[7]"

    [mail] = mails.taken
    assert (mail["To"], mail["From"]) == ("13800138000@sms.example.cn", "fenliang@example.cn")
    assert mail.get_content().strip() == "甲：请上报"
    assert mails.seen.index("STARTTLS") < mails.seen.index("AUTH") < mails.seen.index("MAIL")


def test_a_server_that_is_not_who_it_says_gets_nothing(mails: MailServer, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    provide(other, ["127.0.0.1"])

    assert handed_over("p%40ss%3A%2Fword", mails.port, other / CERTIFICATE) == "[]"
    assert mails.taken == []
    assert "AUTH" not in mails.seen
