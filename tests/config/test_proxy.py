"""The proxy's configuration: whose word about scheme and address it takes (nginx itself is in its image only)."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)
NGINX = (ROOT / "config" / "nginx.conf").read_text("utf-8")
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
    assert "proxy_set_header X-Forwarded-Proto $outer_scheme;" in NGINX


def test_only_the_outer_proxys_addresses_are_passed_on():
    forwarded = block("map $outer_proxy $forwarded_for")

    assert forwarded == {"0": "$remote_addr", "1": '"$http_x_forwarded_for, $remote_addr"'}
    assert "proxy_set_header X-Forwarded-For $forwarded_for;" in NGINX


def test_nobody_is_the_outer_proxy_unless_the_environment_says_so():
    image = (ROOT / "Dockerfile").read_text("utf-8")
    compose = (ROOT / "docker-compose.yml").read_text("utf-8")
    template = (ROOT / "config" / "outer_proxy.conf.template").read_text("utf-8")

    assert block("geo $outer_proxy") == {"default": "0", "include": "/tmp/outer_proxy.conf"}
    assert "${OUTER_PROXY} 1;" in template.splitlines()
    assert f"OUTER_PROXY={UNSAID} NGINX_ENVSUBST_OUTPUT_DIR=/tmp" in image
    assert f"OUTER_PROXY: ${{OUTER_PROXY:-{UNSAID}}}" in compose
