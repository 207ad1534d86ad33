"""Uploads in an object store: what leaves it comes through us, also where a proxy stands ready for files on a disk."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.test import RequestFactory

from apps.exchange.models import StoredUpload
from apps.jobs.files import handed_out
from apps.scope.passing import passes
from config.protected_files import ProtectedFilesMiddleware

LETTER = b"%PDF-1.7 a letter"


class ObjectStore(BaseHTTPRequestHandler):
    """As much of S3's protocol as one file needs."""

    kept: dict[str, bytes] = {}
    says: int | None = None
    """Its answer to whatever is read, instead of what it keeps."""

    def do_PUT(self) -> None:
        self.kept[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(200, b"")

    def do_GET(self) -> None:
        if self.says:
            self.answer(self.says, b"")
            return
        body = self.kept.get(self.path)
        self.answer(404 if body is None else 200, body or b"")

    def do_HEAD(self) -> None:
        self.do_GET()

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Mon, 30 Nov 2026 00:00:00 GMT")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def object_store(settings) -> Iterator[ThreadingHTTPServer]:
    """The store that settings name, with a proxy in front of us."""
    ObjectStore.kept.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), ObjectStore)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    settings.PROTECTED_URL = "/protected/"
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "config.s3_storage.S3Storage",
            "OPTIONS": {
                "bucket_name": "uploads",
                "endpoint_url": f"http://127.0.0.1:{server.server_port}",
                "region_name": "cn-north-1",
                "access_key": "key",
                "secret_key": "secret",
                "client_config": Config(retries={"max_attempts": 0}, signature_version="s3v4"),
            },
        }
    }
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def stored(object_store) -> str:
    return default_storage.save("letters/承诺函.pdf", ContentFile(LETTER))


def sent(opened):
    answer = FileResponse(opened, as_attachment=True, filename="letter.pdf")
    return ProtectedFilesMiddleware(lambda _request: answer)(RequestFactory().get("/"))


def test_a_file_of_a_row_is_sent_by_us(stored):
    with StoredUpload(file=stored).file.open("rb") as opened:
        response = sent(opened)

        assert "X-Accel-Redirect" not in response.headers
        assert b"".join(response.streaming_content) == LETTER


def test_a_file_opened_by_its_name_is_sent_by_us(stored):
    with default_storage.open(stored) as opened:
        response = sent(opened)

        assert "X-Accel-Redirect" not in response.headers
        assert b"".join(response.streaming_content) == LETTER


def test_where_the_proxy_fetches_it_the_store_is_not_asked_here(stored, object_store, settings):
    settings.STORE_URL = "/store/"
    object_store.shutdown()
    object_store.server_close()

    response = sent(handed_out(StoredUpload(file=stored).file))

    path, _, query = response.headers["X-Accel-Redirect"].partition("?")
    assert path == "/store/uploads/letters/%E6%89%BF%E8%AF%BA%E5%87%BD.pdf"
    assert "X-Amz-Expires=60&" in query
    assert "X-Amz-Signature=" in query
    assert response.content == b""


def test_without_a_location_for_the_store_it_is_sent_by_us(stored):
    with handed_out(StoredUpload(file=stored).file) as opened:
        assert b"".join(sent(opened).streaming_content) == LETTER


@pytest.mark.parametrize(("says", "passing"), [(503, True), (500, True), (403, False)])
def test_a_store_that_is_not_well_passes(stored, monkeypatch, says, passing):
    monkeypatch.setattr(ObjectStore, "says", says)

    with pytest.raises(ClientError) as fault:
        default_storage.open(stored)

    assert passes(fault.value) == passing


def test_a_store_that_is_not_there_passes(stored, object_store):
    object_store.server_close()

    with pytest.raises(BotoCoreError) as fault:
        default_storage.open(stored)

    assert passes(fault.value)
