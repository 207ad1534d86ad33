"""What lies in an object store and a view has allowed: the real nginx fetches it from the drill's store, we don't."""

import os
import re
import socket
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import boto3
import pytest
import requests
from django.conf import settings as site
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponseBase
from moto.server import ThreadedMotoServer

from apps.exchange.models import StoredUpload
from apps.jobs.files import attachment, handed_out
from config.protected_files import ProtectedFilesMiddleware
from tests.config.test_cluster_compose import program
from tests.waiting import wait_until

CONFIGURATION = Path(site.BASE_DIR) / "config"
LETTER = b"%PDF-1.7 " + bytes(range(256)) * 400
PLACES = re.compile(r"/etc/nginx/(?!mime)|/tmp/|/dev/(?=std)")


class Web(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class Quiet(WSGIRequestHandler):
    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def object_store(settings) -> Iterator[str]:
    """Its address, with an empty bucket; the store that settings name."""
    store = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    store.start()
    host, port = store.get_host_and_port()
    known = {"endpoint_url": f"http://{host}:{port}", "region_name": "cn-north-1"}
    reset = f"http://{host}:{port}/moto-api/reset"
    requests.post(reset, timeout=30)  # all such stores of a process share what they keep
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret"}
    boto3.client("s3", **known, **keys).create_bucket(
        Bucket="uploads", CreateBucketConfiguration={"LocationConstraint": "cn-north-1"}
    )
    options = known | {"bucket_name": "uploads", "access_key": "key", "secret_key": "secret"}
    settings.STORE_URL = "/store/"
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "config.s3_storage.S3Storage",
            "OPTIONS": options | {"signature_version": "s3v4"},
        }
    }
    yield known["endpoint_url"]
    requests.post(reset, timeout=30)
    store.stop()


@pytest.fixture
def stored(object_store) -> str:
    return default_storage.save("letters/承诺函.pdf", ContentFile(LETTER))


@pytest.fixture
def web(stored) -> Iterator[int]:
    """Its port; whatever is asked for, it answers as a view does that allows the file."""

    def allows(request: WSGIRequest) -> HttpResponseBase:
        name = "letters/gone.pdf" if request.path == "/gone/" else stored
        return attachment(handed_out(StoredUpload(file=name).file), "承诺函.pdf")

    def answer(environ, start_response):
        response = ProtectedFilesMiddleware(allows)(WSGIRequest(environ))
        start_response(f"{response.status_code} OK", list(response.items()))
        return response

    server = make_server("127.0.0.1", 0, answer, Web, Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


@pytest.fixture
def proxy(web, object_store, tmp_path) -> Iterator[str]:
    """The address of nginx with the configuration that is shipped, at other places."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    for part in CONFIGURATION.glob("*.conf*"):
        text = PLACES.sub(f"{tmp_path}/", part.read_text("utf-8"))
        text = text.replace("server web:8000", f"server 127.0.0.1:{web}")
        text = text.replace("${STORE}", object_store).replace("${OUTER_PROXY}", "255.255.255.255")
        (tmp_path / part.name.removesuffix(".template")).write_text(text, "utf-8")
    (tmp_path / "listen.conf").write_text(f"listen 127.0.0.1:{port};\n")
    account = "user root;" if os.geteuid() == 0 else ""
    command = [program("nginx"), "-p", tmp_path, "-c", tmp_path / "nginx.conf"]
    running = subprocess.Popen([*command, "-g", f"daemon off; {account}"])
    address = f"http://127.0.0.1:{port}"
    wait_until(lambda: _answers(port), (tmp_path / "stderr").read_text)
    yield address
    running.terminate()
    running.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_proxy_sends_what_a_view_allows(proxy):
    answer = requests.get(f"{proxy}/letter/", timeout=30)

    assert answer.status_code == 200
    assert answer.content == LETTER
    headers = answer.headers
    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Length"] == str(len(LETTER))
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"download.pdf\"; filename*=utf-8''%E6%89%BF%E8%AF%BA%E5%87%BD.pdf"
    )
    assert headers["Cache-Control"] == "private, no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "X-Accel-Redirect" not in headers
    assert not [name for name in headers if name.lower().startswith("x-amz")]
    assert requests.head(f"{proxy}/letter/", timeout=30).headers["Content-Length"] == str(
        len(LETTER)
    )


def test_a_part_of_it(proxy):
    answer = requests.get(f"{proxy}/letter/", headers={"Range": "bytes=9-18"}, timeout=30)

    assert answer.status_code == 206
    assert answer.content == LETTER[9:19]
    assert answer.headers["Content-Range"] == f"bytes 9-18/{len(LETTER)}"


def test_nobody_else_reaches_the_store(proxy, stored):
    signed = default_storage.url(stored).partition("/uploads/")[2]

    assert requests.get(f"{proxy}/store/uploads/{signed}", timeout=30).status_code == 404


def test_what_is_gone_is_said_in_our_words(proxy):
    answer = requests.get(f"{proxy}/gone/", timeout=30)

    assert answer.status_code == 404
    assert answer.content.decode() == "文件已过期或不存在。"
