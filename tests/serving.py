"""Static files come to the tests' browsers as in production: from memory, and kept from one page to the next.

Django's own server for tests looks for each file in every app and says nothing of keeping it, so that a browser asks
for some forty files again on every page.
"""

import mimetypes
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.handlers import StaticFilesHandlerMixin
from django.http import Http404, HttpRequest, HttpResponse

KEPT = {"Cache-Control": "max-age=3600"}


@pytest.fixture(scope="session", autouse=True)
def kept_static_files() -> Iterator[None]:
    def serve(handler: StaticFilesHandlerMixin, request: HttpRequest) -> HttpResponse:
        content, kind = _read(handler.file_path(request.path))
        return HttpResponse(content, content_type=kind, headers=KEPT)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFilesHandlerMixin, "serve", serve)
        yield


@cache
def _read(name: str) -> tuple[bytes, str]:
    found = finders.find(name)
    if not isinstance(found, str):
        raise Http404(name)
    return Path(found).read_bytes(), mimetypes.guess_type(found)[0] or "application/octet-stream"
