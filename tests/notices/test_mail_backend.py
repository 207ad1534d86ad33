"""Messages by mail: a phone that is no number reaches nobody and holds up nobody else's."""

import pytest

from apps.notices.backends import MailBackend, Outgoing, digits_of


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
