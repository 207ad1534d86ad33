"""The cluster as compose names it: what it refers to is there, and the real engines load what they are given.

What a machine without images cannot try stands in docs/operations/cluster.md.
"""

import ipaddress
import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from moto.server import ThreadedMotoServer

from config import make_bucket, self_signed
from deploy.compose.fill import PLACE, filled
from tests.waiting import wait_until

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "deploy" / "local"
SAID = {
    "SECRET_KEY": "one",
    "CHECK_CODE_KEYS": "two",
    "SITE_URL": "https://fenliang.example",
    "POSTGRES_PASSWORD": "0a",
    "APP_PASSWORD": "0b",
    "S3_ACCESS_KEY": "key",
    "S3_SECRET_KEY": "0c",
}
"""What the head of the file asks for."""
VARIABLE = re.compile(r"\$\{(\w+)(?:(:[-?])((?:[^{}]|\$\{[^}]*\})*))?\}")


def said(text: str) -> str:
    """As compose puts the environment in. Raises `KeyError` for what it needs and nobody has said."""

    def value(match: re.Match[str]) -> str:
        name, how, rest = match.groups()
        if name in SAID:
            return SAID[name]
        if how == ":-":
            return said(rest)
        raise KeyError(f"{name}: {rest}")

    return VARIABLE.sub(value, text)


def interpolated(part: Any) -> Any:
    """Compose reads the file first, and puts the environment into what is text."""
    if isinstance(part, dict):
        return {key: interpolated(value) for key, value in part.items()}
    if isinstance(part, list):
        return [interpolated(value) for value in part]
    return said(part) if isinstance(part, str) else part


CLUSTER: Any = interpolated(
    yaml.safe_load((ROOT / "deploy/compose/cluster.yml").read_text("utf-8"))
)
SERVICES: dict[str, Any] = CLUSTER["services"]
ENGINES = [
    name
    for name, each in SERVICES.items()
    if each["image"] == "fenliang-engines" and "entrypoint" not in each
]
IMAGE = dict(
    re.findall(
        r"(\w+)=(\S+)", (ROOT / "deploy/compose/Dockerfile").read_text().partition("ENV ")[2]
    )
)
"""What the engines' image says by itself."""


def templates(name: str) -> list[str]:
    command = SERVICES[name]["command"]
    return list(command[: command.index("--")])


def environment(name: str) -> dict[str, str]:
    return {**IMAGE, **SERVICES[name].get("environment", {})}


def addresses() -> dict[str, str]:
    """The fixed ones, by service."""
    found = {}
    for name, each in SERVICES.items():
        networks = each["networks"]
        if isinstance(networks, dict) and "ipv4_address" in (networks["cluster"] or {}):
            found[name] = networks["cluster"]["ipv4_address"]
    return found


def test_the_topology_is_whole():
    wanted = {
        f"{kind}{n}"
        for kind, most in (("etcd", 3), ("pg", 3), ("web", 2), ("worker", 2))
        for n in range(1, most + 1)
    }

    assert wanted | {"haproxy", "pgbouncer", "s3", "proxy", "prepare", "backup"} <= SERVICES.keys()
    assert len(ENGINES) == 8


def test_what_is_referred_to_is_there():
    for name, each in SERVICES.items():
        depended = each.get("depends_on", [])
        assert set(depended) <= SERVICES.keys(), name
        if "build" in each:
            context = ROOT / "deploy/compose" / each["build"]["context"]
            assert (context / each["build"].get("dockerfile", "Dockerfile")).is_file(), name
        volumes = {volume.partition(":")[0] for volume in each.get("volumes", [])}
        assert volumes <= CLUSTER["volumes"].keys(), name
        assert {config["source"] for config in each.get("configs", [])} <= CLUSTER["configs"].keys()
        assert set(each["networks"]) == {"cluster"}, name
    assert yaml.safe_load(CLUSTER["configs"]["s3"]["content"])["identities"][0]["credentials"]


def test_no_container_may_do_more_than_it_needs():
    for name, each in SERVICES.items():
        assert each["cap_drop"] == ["ALL"], name
        assert each["security_opt"] == ["no-new-privileges:true"], name
        assert each.get("read_only") or name == "s3", name
        assert not {"privileged", "cap_add"} & each.keys(), name


def test_addresses_are_fixed_where_they_are_named_and_nobody_elses():
    (network,) = CLUSTER["networks"]["cluster"]["ipam"]["config"]
    fixed = addresses()
    given = ipaddress.ip_network(network["ip_range"])
    named = {
        key.removesuffix("_AT").lower(): value.partition(":")[0]
        for key, value in environment("haproxy").items()
        if key.endswith("_AT")
    }

    assert len(set(fixed.values())) == len(fixed)
    assert named == {name: fixed[name] for name in named}
    for address in map(ipaddress.ip_address, fixed.values()):
        assert address in ipaddress.ip_network(network["subnet"])
        assert address not in given


@pytest.mark.parametrize("name", ENGINES)
def test_every_place_of_a_configuration_is_filled(name):
    for template in templates(name):
        text = (TEMPLATES / template).read_text("utf-8")
        assert PLACE.search(filled(text, environment(name))) is None


def laid_out(name: str, folder: Path, **changed: str) -> Path:
    """The engine's configuration as its container has it, below a folder."""
    known = environment(name) | {"FOLDER": str(folder), "CONFIGURATION": str(TEMPLATES)} | changed
    for template in templates(name):
        text = filled((TEMPLATES / template).read_text("utf-8"), known)
        (folder / template).write_text(text, "utf-8")
    return folder / templates(name)[0]


def program(name: str) -> str:
    found = shutil.which(name, path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} isn't installed")
    return found


def test_haproxy_takes_its_configuration(tmp_path):
    command = [program("haproxy"), "-c", "-f", laid_out("haproxy", tmp_path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert "WARNING" not in done.stderr.upper()


def test_pgbouncer_takes_its_configuration_and_asks_for_the_password(tmp_path):
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    file = laid_out("pgbouncer", tmp_path, HERE="127.0.0.1", POOLER=str(port))
    account = ["-u", "nobody"] if os.geteuid() == 0 else []
    for path in (tmp_path, *tmp_path.iterdir()):
        path.chmod(0o755)
    with (tmp_path / "said").open("w") as log:
        running = subprocess.Popen([program("pgbouncer"), *account, file], stderr=log)
    try:
        wait_until(lambda: _answers(port), (tmp_path / "said").read_text)
        assert "WARNING" not in (tmp_path / "said").read_text()
    finally:
        running.terminate()
        running.wait()
    assert '"fenliang_app" "0b"' in (tmp_path / "userlist.txt").read_text()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_nginx_takes_its_configuration(tmp_path):
    """That of the image, at other places."""
    places = re.compile(r"/etc/nginx/(?!mime)|/tmp/|/srv/certificate/|/dev/(?=std)")
    proxy = SERVICES["proxy"]["environment"]
    for part in (ROOT / "config").glob("*.conf*"):
        text = places.sub(f"{tmp_path}/", part.read_text("utf-8"))
        text = re.sub(r"\$\{(\w+)\}", lambda at: proxy[at[1]], text)
        text = text.replace("server web:", "server 127.0.0.1:")
        text = text.replace("//haproxy:", "//127.0.0.1:")
        (tmp_path / part.name.removesuffix(".template")).write_text(text, "utf-8")
    self_signed.provide(tmp_path, ["localhost"])
    command = [program("nginx"), "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


@pytest.fixture
def object_store() -> Iterator[str]:
    """Its address; the drill's store."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_the_bucket_is_made_once(object_store, monkeypatch):
    said_there = SERVICES["bucket"]["environment"] | {"S3_ENDPOINT_URL": object_store}
    for name in ("S3_ENDPOINT_URL", "S3_ACCESS_KEY", "S3_SECRET_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, said_there[name])

    assert [make_bucket.make_bucket("uploads") for _ in range(2)] == [True, False]
