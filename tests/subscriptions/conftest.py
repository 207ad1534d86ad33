"""Receivers, and webhooks of the cast that are told of everything."""

import datetime as dt
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.notices.event import EventName
from apps.scope.context import enter
from apps.subscriptions.domain.acts import create_hook
from apps.subscriptions.models import Subscription
from tests.subscriptions.receiving import Receiver, receiving

NAME = "events.hospital.example"
Hook = Callable[..., Subscription]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOK_HTTPS_ONLY = False
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def receiver_tls(settings: Any, tmp_path: Path) -> Iterator[Receiver]:
    """With a certificate for `NAME`, of an authority that is trusted."""
    file = tmp_path / "receiver.pem"
    file.write_bytes(certificate(NAME))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]
    settings.WEBHOOK_CA_FILE = str(file)
    with receiving(context, NAME) as receiver:
        yield receiver


def certificate(name: str) -> bytes:
    """A certificate that signs itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(1))
        .not_valid_after(now + dt.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    told = serialization.Encoding.PEM
    kept = key.private_bytes(told, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return made.public_bytes(told) + kept


@pytest.fixture
def hook_of(receiver: Receiver) -> Hook:
    """A webhook of that person, told of everything; its secret stands in `plain`."""

    def made(person: User, **wanted: Any) -> Subscription:
        fields = {
            "name": "HIS",
            "address": receiver.url,
            "events": EventName.values,
            "below": False,
            **wanted,
        }
        with enter(scope_of(person)):
            hook, secret = create_hook(by=replace(Actor.of(person), proved=True), **fields)
        hook.plain = secret  # type: ignore[attr-defined]
        return hook

    return made
