"""How messages leave the platform: `MESSAGE_BACKEND` names a class whose `send` returns the keys it took.

    apps.notices.backends.ConsoleBackend   (default) writes each message to the log
    apps.notices.backends.MailBackend      mail to <phone>@MESSAGE_MAIL_DOMAIN: the operators' mail-to-SMS gateways
    apps.notices.backends.HttpBackend      one POST for each message to MESSAGE_GATEWAY_URL

Another SMS gateway is a class of your own, anywhere on the Python path. What it does not take is offered again a minute
later, for a day; a message stands in its unit's inbox anyway.
"""

import json
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.utils.module_loading import import_string

from apps.folding.domain.folding import narrow

logger = logging.getLogger(__name__)
PHONE = re.compile(r"\+?[0-9]{5,20}")
GATEWAY_SECONDS = 10
SUBJECT = "集中带量采购提醒"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to one unit's contact; `key` is how the backend names it."""

    key: int
    name: str
    phone: str
    text: str


class MessageBackend(Protocol):
    """What `MESSAGE_BACKEND` names."""

    def send(self, messages: Sequence[Outgoing]) -> list[int]:
        """Hand the messages over; returns the keys of those that were accepted."""
        ...


class ConsoleBackend:
    """Writes to the log: development, demo, and places without a gateway. Phones are shortened."""

    def send(self, messages: Sequence[Outgoing]) -> list[int]:
        for message in messages:
            logger.info("message to %s…: %s", message.phone[:3], message.text)
        return [message.key for message in messages]


class MailBackend:
    """One mail for each message, through Django's mail settings.

    What a clerk wrote as phone and is no number gets no mail, and is not offered again: one would hold up all.
    """

    def send(self, messages: Sequence[Outgoing]) -> list[int]:
        mails = [
            EmailMessage(
                subject=SUBJECT,
                body=f"{message.name}：{message.text}" if message.name else message.text,
                to=[f"{number}@{settings.MESSAGE_MAIL_DOMAIN}"],
            )
            for message in messages
            if (number := digits_of(message.phone))
        ]
        get_connection().send_messages(mails)
        return [message.key for message in messages]


class HttpBackend:
    """One POST of JSON for each message, `{"phone", "text", "name"}`; any 2xx is taken.

    The gateway is the operator's own: its address is a setting, and no person's. A phone that is no number is not
    offered again; what the gateway refuses is.
    """

    def send(self, messages: Sequence[Outgoing]) -> list[int]:
        taken = []
        for message in messages:
            number = digits_of(message.phone)
            if not number or self._post(number, message):
                taken.append(message.key)
        return taken

    def _post(self, number: str, message: Outgoing) -> bool:
        told = {"phone": number, "text": message.text, "name": message.name}
        headers = {"Content-Type": "application/json"}
        if settings.MESSAGE_GATEWAY_AUTHORIZATION:
            headers["Authorization"] = settings.MESSAGE_GATEWAY_AUTHORIZATION
        body = json.dumps(told, ensure_ascii=False).encode()
        request = Request(settings.MESSAGE_GATEWAY_URL, body, headers)  # noqa: S310 - the operator's own
        try:
            with urlopen(request, timeout=GATEWAY_SECONDS):  # noqa: S310 - the same
                return True
        except HTTPError as error:
            error.close()
            logger.warning("the gateway answered %d", error.code)
        except OSError as error:
            logger.warning("the gateway was not reached: %s", error)
        return False


def digits_of(phone: str) -> str:
    """The number without blanks and dashes; empty for anything else (an address, several numbers)."""
    number = re.sub(r"[\s()（）-]", "", narrow(phone))
    return number if PHONE.fullmatch(number) else ""


def hand_over(messages: Sequence[Outgoing]) -> list[int]:
    """The keys that the configured backend took; none when it fails, which is logged."""
    if not messages:
        return []
    try:
        backend: MessageBackend = import_string(settings.MESSAGE_BACKEND)()
        return backend.send(messages)
    except Exception:
        logger.exception("messages could not be handed over: %d", len(messages))
        return []
