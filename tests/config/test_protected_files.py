from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import MiddlewareNotUsed
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.test import RequestFactory

from config.protected_files import ProtectedFilesMiddleware


@pytest.fixture(autouse=True)
def behind_the_proxy(settings):
    settings.PROTECTED_URL = "/protected/"


@pytest.fixture
def stored():
    return default_storage.save("letters/承诺函.pdf", ContentFile(b"%PDF-1.7"))


def ask(answer):
    return ProtectedFilesMiddleware(lambda _request: answer)(RequestFactory().get("/"))


def test_a_stored_file_is_handed_to_the_proxy_with_its_headers(stored):
    response = ask(
        FileResponse(default_storage.open(stored), as_attachment=True, filename="letter.pdf")
    )

    assert response.headers["X-Accel-Redirect"].startswith("/protected/letters/%E6%89%BF")
    assert response.headers["Content-Disposition"] == 'attachment; filename="letter.pdf"'
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert "Content-Length" not in response.headers
    assert response.content == b""


def test_a_file_made_on_the_fly_is_sent_by_us():
    response = ask(FileResponse(BytesIO(b"rows"), filename="export.xlsx"))

    assert "X-Accel-Redirect" not in response.headers
    assert b"".join(response.streaming_content) == b"rows"


def test_a_file_outside_of_the_uploads_is_never_named():
    with Path(__file__).open("rb") as source:
        response = ask(FileResponse(source))

        assert "X-Accel-Redirect" not in response.headers


def test_a_page_is_left_alone():
    assert ask(HttpResponse("页面")).text == "页面"


def test_without_a_proxy_it_isnt_used(settings):
    settings.PROTECTED_URL = ""

    with pytest.raises(MiddlewareNotUsed):
        ask(HttpResponse())
