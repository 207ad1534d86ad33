"""Services of sign-on on loopback: the certified OpenID provider, and a small portal that speaks OAuth 2 and CAS."""

import json
import shutil
import subprocess
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

import pytest
import requests
from django.utils import timezone

from apps.accounts.domain.sealing import seal_secret
from apps.accounts.models import Protocol, Provider
from bin.browsers import SIGN_ON, SIGN_ON_INSTALLED

OURS = "http://127.0.0.1:8000"
INSIDE = "/accounts/security/"
"""A page for who is signed in."""
SECRET = "the secret that we share, long enough"
OPENID, PORTAL = 7001, 7002


def local(url: str) -> str:
    """An address of ours, as the test client takes it."""
    return url.removeprefix(OURS)


def changed(url: str, **parameters: str) -> str:
    """The same address with other parameters."""
    parts = urlsplit(url)
    return parts._replace(query=urlencode(dict(parse_qsl(parts.query)) | parameters)).geturl()


def parameter(url: str, name: str) -> str:
    return dict(parse_qsl(urlsplit(url).query))[name]


class Elsewhere:
    """A person's browser, away from us: it goes on until it is sent back."""

    def __init__(self) -> None:
        self.http = requests.Session()
        self.http.trust_env = False

    def goes(self, url: str) -> str:
        while not url.startswith(OURS):
            response = self.http.get(url, allow_redirects=False, timeout=20)
            assert response.is_redirect, response.text[:500]
            url = urljoin(url, response.headers["Location"])
        return url


class OpenID:
    """The provider, and what turns its keys."""

    def __init__(self, told: dict[str, str]) -> None:
        self.issuer, self.foreign, self.control = told["issuer"], told["foreign"], told["control"]

    def asked(self, path: str, **body: Any) -> Any:
        return requests.post(f"{self.control}{path}", json=body, timeout=20).json()

    def rotate(self, kid: str) -> None:
        self.asked(f"/rotate?kid={kid}")

    def tells_of(self, sub: str) -> None:
        self.asked(f"/person?sub={sub}")

    def sign(self, claims: dict[str, Any], kid: str = "first", typ: str = "JWT") -> str:
        return str(self.asked(f"/sign?kid={kid}&typ={typ}", **claims))

    def logout_tokens(self) -> list[str]:
        return list(requests.get(f"{self.control}/received", timeout=20).json())


@contextmanager
def running_provider() -> Iterator[OpenID]:
    if not (SIGN_ON_INSTALLED / "installed").is_file() or not shutil.which("node"):
        pytest.skip("no OpenID provider: with npm bin/test gets it")
    script = shutil.copy(SIGN_ON / "provider.mjs", SIGN_ON_INSTALLED)
    callback = f"{OURS}/accounts/sign-on/{OPENID}/return/"
    with subprocess.Popen(
        ["node", script, callback],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as node:
        assert node.stdout
        try:
            yield OpenID(json.loads(node.stdout.readline()))
        finally:
            node.kill()


def openid_provider(openid: OpenID, **facts: Any) -> Provider:
    return provider(
        pk=OPENID, protocol=Protocol.OIDC, address=openid.issuer, scopes="openid profile", **facts
    )


def provider(**facts: Any) -> Provider:
    """An open one."""
    told = {
        "name": "湖北省医保服务平台",
        "client_id": "fenliang",
        "sealed_secret": seal_secret(SECRET),
        "is_active": True,
        "tried_at": timezone.now(),
    }
    made: Provider = Provider.objects.create(**(told | facts))
    return made


class Portal(ThreadingHTTPServer):
    """OAuth 2 with an address that says who somebody is, and CAS. `person` is who is signed in there."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.reset()

    def reset(self) -> None:
        self.person: dict[str, Any] = {"id": 42, "login": "H42010600001"}
        self.seen: list[str] = []
        self.codes: dict[str, str] = {}
        self.verifiers: list[str] = []

    def handle_error(self, *_: Any) -> None:
        """Who asked did not wait."""

    def code_for(self, what: str) -> str:
        code = f"ST-{len(self.seen)}-{len(self.codes)}-of-the-portal"
        self.codes[code] = what
        return code

    def spends(self, code: str, what: str) -> bool:
        return self.codes.pop(code, None) == what


class _Answers(BaseHTTPRequestHandler):
    server: Portal

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.server.seen.append(parts.path)
        asked = dict(parse_qsl(parts.query))
        answer = {
            "/authorize": self._authorize,
            "/user": self._user,
            "/cas/login": self._cas_login,
            "/cas/p3/serviceValidate": self._validate,
            "/redirect": lambda _: self._say(302, "", Location=f"{self.server.address}/user"),
            "/long": lambda _: self._say(200, json.dumps({"id": "x" * 300_000})),
            "/words": lambda _: self._say(200, "<html>no JSON</html>"),
            "/broken": lambda _: self._say(500, "{}"),
        }[parts.path]
        answer(asked)

    def do_POST(self) -> None:
        self.server.seen.append(self.path)
        text = self.rfile.read(int(self.headers["Content-Length"])).decode()
        told = {name: values[0] for name, values in parse_qs(text).items()}
        shown = b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        self.server.verifiers.append(told["code_verifier"])
        if shown != f"fenliang:{SECRET}" or not self.server.spends(
            told["code"], told["redirect_uri"]
        ):
            self._say(400, json.dumps({"error": "invalid_grant"}))
            return
        self._say(200, json.dumps({"access_token": "token-of-the-portal"}))

    def _authorize(self, asked: dict[str, str]) -> None:
        back = asked["redirect_uri"]
        self._say(
            302, "", Location=changed(back, code=self.server.code_for(back), state=asked["state"])
        )

    def _user(self, _asked: dict[str, str]) -> None:
        known = self.headers.get("Authorization") == "Bearer token-of-the-portal"
        self._say(200 if known else 401, json.dumps({"data": {"user": self.server.person}}))

    def _cas_login(self, asked: dict[str, str]) -> None:
        service = asked["service"]
        self._say(302, "", Location=changed(service, ticket=self.server.code_for(service)))

    def _validate(self, asked: dict[str, str]) -> None:
        inner = '<cas:authenticationFailure code="INVALID_TICKET">no</cas:authenticationFailure>'
        if self.server.spends(asked["ticket"], asked["service"]):
            attributes = "".join(
                f"<cas:{name}>{value}</cas:{name}>" for name, value in self.server.person.items()
            )
            inner = (
                f"<cas:authenticationSuccess><cas:user>{self.server.person['login']}</cas:user>"
                f"<cas:attributes>{attributes}</cas:attributes></cas:authenticationSuccess>"
            )
        xml = f'<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">{inner}</cas:serviceResponse>'
        self._say(200, xml)

    def _say(self, status: int, text: str, **headers: str) -> None:
        sent = text.encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)


@contextmanager
def running_portal() -> Iterator[Portal]:
    with Portal() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def oauth_provider(portal: Portal, **facts: Any) -> Provider:
    told = {
        "protocol": Protocol.OAUTH2,
        "address": f"{portal.address}/authorize",
        "token_address": f"{portal.address}/token",
        "person_address": f"{portal.address}/user",
        "subject_claim": "data.user.id",
        "scopes": "",
    }
    return provider(**({"pk": PORTAL} | told | facts))


def cas_provider(portal: Portal, **facts: Any) -> Provider:
    told = {"protocol": Protocol.CAS, "address": f"{portal.address}/cas", "client_id": ""}
    return provider(**({"pk": PORTAL} | told | facts))
