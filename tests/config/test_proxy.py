"""The proxy's configuration: whose word about scheme and address it takes (nginx itself is in its image only)."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from cryptography import x509
from django.conf import settings

from config import self_signed

ROOT = Path(settings.BASE_DIR)
NGINX = (ROOT / "config" / "nginx.conf").read_text("utf-8")
PASSED_ON = (ROOT / "config" / "proxy_pass.conf").read_text("utf-8")
COMPOSE = (ROOT / "docker-compose.yml").read_text("utf-8")
SERVICES = dict(
    re.findall(
        r"^  (\S+):\n((?:    .*\n|\s*\n)+)", COMPOSE.partition("services:\n")[2], re.MULTILINE
    )
)
"""Name and text of each."""
UNSAID = "255.255.255.255"


def block(head: str) -> dict[str, str]:
    """The lines of `head { … }` as name and value."""
    body = re.search(re.escape(head) + r" \{(.*?)\n    \}", NGINX, re.DOTALL)
    assert body, head
    lines = (line.strip().rstrip(";") for line in body[1].splitlines())
    pairs = (re.fullmatch(r'("[^"]+"|\S+)\s+(.+)', line) for line in lines if line)
    return {pair[1]: pair[2] for pair in pairs if pair and pair[1] != "#"}


def test_only_the_outer_proxy_says_that_a_request_came_by_https():
    scheme = block('map "$outer_proxy $http_x_forwarded_proto" $outer_scheme')

    assert scheme == {"default": "$scheme", '"1 https"': "https"}
    assert "proxy_set_header X-Forwarded-Proto $outer_scheme;" in PASSED_ON


def test_only_the_outer_proxys_addresses_are_passed_on():
    forwarded = block("map $outer_proxy $forwarded_for")

    assert forwarded == {"0": "$remote_addr", "1": '"$http_x_forwarded_for, $remote_addr"'}
    assert "proxy_set_header X-Forwarded-For $forwarded_for;" in PASSED_ON


def test_whether_web_lives_is_asked_as_a_machine_inside_asks():
    """What web answers beside its threads: by exactly this request (`config/patient_worker.py`)."""
    asked = NGINX.partition("location = /healthz {")[2].partition("\n        }")[0]

    assert 'proxy_set_header X-Forwarded-For "";' in asked
    assert "limit_except GET {" in asked
    assert "proxy_pass http://web/healthz;" in asked
    assert "proxy_pass.conf" not in asked


def test_nobody_is_the_outer_proxy_unless_the_environment_says_so():
    image = (ROOT / "Dockerfile").read_text("utf-8")
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    template = (ROOT / "config" / "outer_proxy.conf.template").read_text("utf-8")

    assert block("geo $outer_proxy") == {"default": "0", "include": "/tmp/outer_proxy.conf"}
    assert "${OUTER_PROXY} 1;" in template.splitlines()
    assert f"OUTER_PROXY={UNSAID} NGINX_ENVSUBST_OUTPUT_DIR=/tmp" in image
    assert f"OUTER_PROXY: ${{OUTER_PROXY:-{UNSAID}}}" in compose


def test_nothing_travels_in_the_clear_unless_that_is_said_aloud():
    listened = {
        said: (ROOT / "config" / f"listen_insecure_{said}.conf").read_text("utf-8")
        for said in ("false", "true")
    }

    assert re.findall(r"^listen .*", listened["false"], re.MULTILINE) == ["listen 8443 ssl;"]
    assert re.findall(r"^listen .*", listened["true"], re.MULTILINE) == ["listen 8443;"]
    assert not re.findall(r"^\s*listen ", NGINX, re.MULTILINE)
    assert "INSECURE_HTTP: ${INSECURE_HTTP:-false}" in SERVICES["proxy"]
    assert re.findall(r"ports:\n      - (.*)", COMPOSE) == ["${PORT:-8443}:8443"]


def test_what_the_proxy_answers_itself_says_the_same_as_web():
    answered = re.findall(r"\n        location [^{]+\{(.*?)\n        \}", NGINX, re.DOTALL)

    assert len(answered) == NGINX.count("\n        location ")
    for body in answered:
        passed_on = "include /etc/nginx/proxy_pass.conf;" in body
        assert passed_on != ("include /etc/nginx/file_headers.conf;" in body)
    told = (ROOT / "config" / "file_headers.conf").read_text("utf-8")
    assert "add_header Strict-Transport-Security $strict_transport always;" in told
    assert block("map $outer_scheme $strict_transport") == {
        "default": '""',
        "https": '"max-age=31536000; includeSubDomains; preload"',
    }
    assert "config/file_headers.conf" in (ROOT / "Dockerfile").read_text("utf-8")


def test_whatever_the_environment_file_says_reaches_the_product():
    shared = COMPOSE.partition("services:")[0]

    assert "  env_file:\n    - path: .env\n      required: false\n" in shared


def test_slow_and_hasty_clients_are_limited():
    for line in (
        "client_header_timeout 10s;",
        "client_body_timeout 20s;",
        "send_timeout 30s;",
        "limit_conn connections 200;",
        "limit_req zone=doors burst=60 nodelay;",
        "limit_req zone=pages burst=300 nodelay;",
    ):
        assert line in NGINX
    assert block("map $outer_proxy $limited_by") == {"0": "$remote_addr", "1": "$last_forwarded"}


def test_what_all_of_ours_share_may_do_nothing_that_it_does_not_need():
    shared = COMPOSE.partition("services:")[0]

    assert "  cap_drop: &no_capabilities [ALL]\n" in shared
    assert "  security_opt: &no_privileges\n    - no-new-privileges:true\n" in shared
    assert "  read_only: true\n" in shared


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_no_container_may_do_more_than_it_needs(name):
    service = SERVICES[name]

    if "<<: *product" not in service:
        for line in (
            "cap_drop: *no_capabilities",
            "security_opt: *no_privileges",
            "read_only: true",
            "user: ",
        ):
            assert f"    {line}" in service
    for never in ("privileged: true", "cap_add", "read_only: false"):
        assert never not in service


def test_the_services_were_found():
    assert {"database", "web", "worker", "certificate", "proxy"} <= set(SERVICES)


class TestCertificate:
    def read(self, folder):
        return x509.load_pem_x509_certificate((folder / "tls.crt").read_bytes())

    def test_it_is_made_for_the_hosts_and_kept(self, tmp_path):
        assert self_signed.provide(tmp_path, ["fenliang.example", "10.0.0.1", "*"])
        first = self.read(tmp_path)
        assert not self_signed.provide(tmp_path, ["fenliang.example"])

        names = first.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == ["fenliang.example"]
        assert [str(each) for each in names.get_values_for_type(x509.IPAddress)] == ["10.0.0.1"]
        assert (tmp_path / "tls.key").stat().st_mode & 0o777 == 0o640

    def test_it_is_made_anew_before_it_ends(self, tmp_path):
        self_signed.provide(tmp_path, ["localhost"])
        first = self.read(tmp_path)

        with time_machine.travel(datetime.now(UTC) + timedelta(days=370)):
            assert self_signed.provide(tmp_path, ["localhost"])
        assert self.read(tmp_path).serial_number != first.serial_number

    def test_somebody_elses_is_never_touched(self, tmp_path, monkeypatch):
        monkeypatch.setattr(self_signed, "MAKER", "A real authority")
        self_signed.provide(tmp_path, ["localhost"])
        monkeypatch.undo()

        with time_machine.travel(datetime.now(UTC) + timedelta(days=1_000)):
            assert not self_signed.provide(tmp_path, ["localhost"])


def test_without_web_the_proxy_says_so_in_chinese_and_pages_come_back():
    assert "error_page 502 504 =503 @away;" in NGINX
    assert 'return 503 "服务正在恢复' in NGINX
    assert block("map $request_method $comes_back") == {"GET": "5", "default": '""'}


def test_web_closes_no_connection_that_the_proxy_still_uses():
    kept_by_web = re.search(r"(?m)^keepalive = (\d+)$", (ROOT / "config/gunicorn.py").read_text())

    assert kept_by_web
    assert int(block("upstream web")["keepalive_timeout"].rstrip("s")) < int(kept_by_web[1])
