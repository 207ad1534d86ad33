"""The whole topology on loopback: three etcd, three PostgreSQL under Patroni, HAProxy, PgBouncer, nginx, an object
store, two web nodes, one of them behind PgBouncer, two workers."""

import http.client
import json
import os
import re
import secrets
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from bin import processes
from config.embedded_postgres import ROOT
from tests.drill.machines import Machine, Machines
from tests.drill.places import HOST, SERVERS, STORES, WEBS, WORKERS, Places, program

BUCKET = "uploads"
POOLED = WEBS[1]
"""Whose connections come from PgBouncer; the other node asks the database itself."""
NICE = 5
STARTED = 240
"""Seconds for any one part to be up."""


class Topology:
    """`places` says where; `machines` runs it."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.machines = Machines()
        self.environment = self._environment()

    def _environment(self) -> dict[str, str]:
        """What every process of the product runs with."""
        mine = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return mine | {
            "DATABASE_URL": self.places.runner_url,
            "REPLICA_URL": self.places.replica_url,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "VAR_DIR": str(self.places.folder),
            "CAPTCHA": "off",
            "LOG_LEVEL": "WARNING",
            "PROXIES": "1",
            "S3_BUCKET": BUCKET,
            "STORE_URL": "/store/",
            "S3_ENDPOINT_URL": self.places.address("store"),
            "S3_ACCESS_KEY": "drill",
            "S3_SECRET_KEY": self.places.password,
            "AWS_DEFAULT_REGION": "cn-north-1",
            "WEB_WORKERS": "2",
            "PYTHONUNBUFFERED": "1",
            "LC_ALL": "C.UTF-8",
        }

    def start_servers(self) -> None:
        """Everything below the product; returns when there is a primary, a synchronous and another standby."""
        self._start_stores()
        self.machines.start(*(self._server(name) for name in SERVERS))
        self.machines.start(self._proxy(), self._pooler(), self._object_store())
        self.machines.wait("a primary with two standbys", self.is_whole, seconds=STARTED)
        self.machines.wait("the object store", self._makes_bucket, seconds=STARTED)

    def start_product(self) -> None:
        self.machines.start(*(self._web(name) for name in WEBS), self._edge())
        self.machines.start(*(self._worker(name) for name in WORKERS))
        self.machines.wait("both web nodes", lambda: self.webs_up() == set(WEBS), seconds=STARTED)

    def _start_stores(self) -> None:
        etcd = program("etcd", "etcd-server")
        members = ",".join(f"{store}={self.places.address(f'{store}_peer')}" for store in STORES)
        for store in STORES:
            ports = {port: self.places.ports[f"{store}_{port}"] for port in ("client", "peer")}
            file = self.places.filled("etcd.yml", store, members=members, **ports)
            self.machines.start(self._ordinary(store, etcd, f"--config-file={file}"))

    def _ordinary(self, name: str, *command: str | Path) -> Machine:
        """A machine that runs under an ordinary account."""
        environment = {"LC_ALL": "C.UTF-8", "HOME": str(self.places.home(name))}
        return Machine(name, command, self.places.home(name), environment, self.places.account)

    def _server(self, name: str) -> Machine:
        etcds = ",".join(f"{HOST}:{self.places.ports[f'{store}_client']}" for store in STORES)
        home = self.places.home(name)
        file = self.places.filled(
            "patroni.yml",
            name,
            etcds=etcds,
            port=self.places.ports[name],
            rest=self.places.ports[f"{name}_rest"],
            data=home / "data",
            programs=self.places.programs,
        )
        return self._ordinary(name, program("patroni", "patroni"), file)

    def _proxy(self) -> Machine:
        file = self.places.filled("haproxy.cfg", "haproxy")
        return self._ordinary("haproxy", program("haproxy", "haproxy"), "-db", "-f", file)

    def _pooler(self) -> Machine:
        self.places.filled("userlist.txt", "pgbouncer")
        file = self.places.filled("pgbouncer.ini", "pgbouncer")
        return self._ordinary("pgbouncer", program("pgbouncer", "pgbouncer"), "-q", file)

    def _edge(self) -> Machine:
        """nginx with the configuration that the product ships, at other addresses."""
        home = self.places.home("nginx")
        for part in ("proxy_pass.conf", "file_headers.conf"):
            self.places.written("nginx", part, self._moved(part))
        self.places.written("nginx", "outer_proxy.conf", "255.255.255.255 1;\n")
        listen = f"listen {HOST}:{self.places.ports['proxy']};\n"
        self.places.written("nginx", "listen.conf", listen)
        store = f"proxy_pass {self.places.address('store')}/;\n"
        self.places.written("nginx", "store.conf", store)
        file = self.places.written("nginx", "nginx.conf", self._moved("nginx.conf"))
        nginx = program("nginx", "nginx")
        return self._ordinary("nginx", nginx, "-c", file, "-p", home, "-g", "daemon off;")

    def _moved(self, part: str) -> str:
        home = self.places.home("nginx")
        text = (ROOT / "config" / part).read_text("utf-8")
        text = text.replace("/etc/nginx/mime.types", "\0").replace("/etc/nginx/", f"{home}/")
        text = text.replace("\0", "/etc/nginx/mime.types").replace("/tmp/", f"{home}/")
        text = text.replace("/srv/static/", f"{self.places.folder}/static/")
        text = re.sub(r"access_log /dev/\S+", f"access_log {home}/access.log", text)
        text = text.replace("error_log /dev/stderr", f"error_log {home}/error.log")
        return text.replace("server web:8000;", f"server {HOST}:{self.places.ports['pages']};")

    def _object_store(self) -> Machine:
        server = [sys.executable, "-m", "moto.server"]
        command = [*server, "-H", HOST, "-p", str(self.places.ports["s3"])]
        return Machine("s3", command, self.places.home("s3"), self.environment)

    def _web(self, name: str) -> Machine:
        pooled = self._pooled() if name == POOLED else {}
        environment = (
            self.environment
            | pooled
            | {
                "BIND": f"{HOST}:{self.places.ports[name]}",
                "DRAIN_FILE": str(self.drain_file(name)),
                "PGAPPNAME": name,
            }
        )
        command = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py"]
        return Machine(
            name, command, self.places.home(name), environment, where=ROOT, niceness=NICE
        )

    def _pooled(self) -> dict[str, str]:
        """By transaction, and without prepared statements: Debian's PgBouncer is older than those."""
        return {"DATABASE_URL": self.places.pooled_url, "DATABASE_POOLER": "unprepared"}

    def _worker(self, name: str) -> Machine:
        command = [sys.executable, "manage.py", "procrastinate", "--skip-checks", "worker"]
        environment = self.environment | {"PGAPPNAME": name}
        return Machine(
            name, command, self.places.home(name), environment, where=ROOT, niceness=NICE
        )

    def drain_file(self, web: str) -> Path:
        return self.places.home(web) / "draining"

    def begin(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A command of the product that goes on by itself."""
        return processes.start(
            [sys.executable, "manage.py", *arguments], self.environment, cwd=ROOT
        )

    def manage(self, *arguments: str, **said: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(
            command,
            env=self.environment | said,
            cwd=ROOT,
            check=False,
            capture_output=True,
            text=True,
        )

    def roles(self) -> dict[str, str]:
        """By server what Patroni says that it is: leader, sync_standby, replica; only those that run well."""
        for server in SERVERS:
            with suppress(OSError, ValueError):
                answer = self.asked(server, "/cluster")
                return {
                    member["name"]: member["role"]
                    for member in answer["members"]
                    if member.get("state") in {"running", "streaming"}
                }
        return {}

    def asked(self, server: str, path: str) -> Any:
        """Patroni's word. Raises `OSError`, `ValueError`."""
        address = self.places.address(f"{server}_rest") + path
        with urllib.request.urlopen(address, timeout=5) as answer:
            return json.load(answer)

    def is_whole(self) -> bool:
        """One leader, a synchronous standby, one more."""
        return sorted(self.roles().values()) == ["leader", "replica", "sync_standby"]

    def primary(self) -> str:
        """The server that takes writes now; empty if none does."""
        return next((name for name, role in self.roles().items() if role == "leader"), "")

    def switch_over(self) -> None:
        """To the synchronous standby, as `patronictl switchover` asks for it."""
        roles = {role: name for name, role in self.roles().items()}
        body = json.dumps({"leader": roles["leader"], "candidate": roles["sync_standby"]}).encode()
        address = self.places.address(f"{roles['leader']}_rest") + "/switchover"
        request = urllib.request.Request(address, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60):
            pass

    def store_leader(self) -> str:
        """Which of the etcd leads."""
        for store in STORES:
            with suppress(OSError, ValueError):
                said = self._status(store)
                if said["header"]["member_id"] == said["leader"]:
                    return store
        return ""

    def _status(self, store: str) -> Any:
        address = self.places.address(f"{store}_client") + "/v3/maintenance/status"
        with urllib.request.urlopen(address, b"{}", timeout=5) as answer:
            return json.load(answer)

    def webs_up(self) -> set[str]:
        """Which nodes the balancer sends anything to, also those it has begun to doubt (`UP 1/2`)."""
        told = self.balancer("show stat")
        fields = (line.split(",") for line in told.splitlines())
        return {
            each[1]
            for each in fields
            if each[0] == "web" and each[1] in WEBS and each[17].startswith("UP")
        }

    def balancer(self, command: str) -> str:
        """What HAProxy answers to a command of its runtime socket."""
        with socket.socket(socket.AF_UNIX) as line:
            try:
                line.connect(str(self.places.home("haproxy") / "haproxy.sock"))
            except OSError:
                return ""
            line.sendall(f"{command}\n".encode())
            return b"".join(iter(lambda: line.recv(65536), b"")).decode()

    def _makes_bucket(self) -> bool:
        line = http.client.HTTPConnection(HOST, self.places.ports["store"], timeout=5)
        try:
            line.request("PUT", f"/{BUCKET}", headers={"Host": f"{HOST}"})
            return line.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            line.close()
