"""A certificate for the proxy where nobody has put one: `python -m config.self_signed <folder>`.

Browsers warn of it until it is replaced or trusted, but nothing travels in the clear. Invariant: a certificate that
somebody put there is never touched; ours is made anew a month before it ends.
"""

import ipaddress
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

CERTIFICATE, KEY = "tls.crt", "tls.key"
MAKER = "Fenliang, self-signed"
LASTS, AHEAD = timedelta(days=397), timedelta(days=30)


def provide(folder: Path, hosts: list[str]) -> bool:
    """Whether a certificate had to be made."""
    if not _is_needed(folder):
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, hosts)
    _write(
        folder / KEY,
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
        0o640,
    )
    _write(folder / CERTIFICATE, certificate.public_bytes(serialization.Encoding.PEM), 0o644)
    return True


def _is_needed(folder: Path) -> bool:
    if not (folder / CERTIFICATE).exists() or not (folder / KEY).exists():
        return True
    certificate = x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes())
    makers = certificate.issuer.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    is_ours = any(maker.value == MAKER for maker in makers)
    return is_ours and certificate.not_valid_after_utc < datetime.now(UTC) + AHEAD


def _certificate(key: ec.EllipticCurvePrivateKey, hosts: list[str]) -> x509.Certificate:
    named = [host for host in hosts if host and "*" not in host] or ["localhost"]
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, MAKER),
            x509.NameAttribute(NameOID.COMMON_NAME, named[0][:64]),
        ]
    )
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LASTS)
        .add_extension(x509.SubjectAlternativeName([_host(host) for host in named]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )
    return builder.sign(key, hashes.SHA256())


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host.strip("[]")))
    except ValueError:
        return x509.DNSName(host.lstrip("."))


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never readable for others meanwhile."""
    partial = path.with_suffix(".new")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode), "wb") as file:
        file.write(content)
    partial.chmod(mode)
    partial.replace(path)


if __name__ == "__main__":
    made = provide(Path(sys.argv[1]), os.environ.get("ALLOWED_HOSTS", "").split(","))
    sys.stdout.write("made a self-signed certificate\n" if made else "the certificate stays\n")
