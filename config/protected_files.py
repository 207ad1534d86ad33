"""Uploads through the proxy: a view checks who asks and answers with the file, the proxy sends its bytes.

Invariant: nothing but a file of ours that a view has already decided to give is ever named to the proxy: one below
MEDIA_ROOT, or one in the bucket by an address that is signed for a minute.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.core.files.storage import Storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

HEADER = "X-Accel-Redirect"
SIGNED_FOR = 60
"""Seconds in which the proxy has to begin."""


class Unopened:
    """A file in the bucket that an answer names without asking the store for it. Whoever reads it does ask."""

    def __init__(self, storage: Storage, name: str) -> None:
        self.storage, self.name = storage, name
        self._opened: Any = None

    @property
    def signed(self) -> str:
        """Its address below the store's own, with the signature."""
        address = urlsplit(self.storage.url(self.name, expire=SIGNED_FOR))  # type: ignore[call-arg]
        return f"{address.path.removeprefix('/')}?{address.query}"

    def read(self, size: int = -1) -> bytes:
        self._opened = self._opened or self.storage.open(self.name)
        return bytes(self._opened.read(size))

    def close(self) -> None:
        if self._opened:
            self._opened.close()


class ProtectedFilesMiddleware:
    """Where a setting names the proxy's internal location, replaces a stored file's bytes by its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not (settings.PROTECTED_URL or settings.STORE_URL):
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, FileResponse) or (address := _address(response)) is None:
            return response
        handed_over = HttpResponse(status=response.status_code, headers=dict(response.headers))
        handed_over.headers.pop("Content-Length", None)
        handed_over.cookies = response.cookies
        handed_over.headers.setdefault("Cache-Control", "private, no-store")
        handed_over.headers[HEADER] = address
        # Not the response: closing that would end the request before its answer is sent.
        if response.file_to_stream:
            response.file_to_stream.close()
        return handed_over


def _address(response: FileResponse) -> str | None:
    """Return where the proxy finds it; None for what we send ourselves."""
    content: Any = response.file_to_stream
    if isinstance(content, Unopened):
        return f"{settings.STORE_URL}{content.signed}" if settings.STORE_URL else None
    if settings.PROTECTED_URL and (stored := _stored_name(content)) is not None:
        return f"{settings.PROTECTED_URL}{quote(stored)}"
    return None


def _stored_name(content: Any) -> str | None:
    """Return the file's name relative to MEDIA_ROOT; None for anything made on the fly or stored elsewhere."""
    try:
        name = getattr(content, "path", None) or getattr(content, "name", None)
    except NotImplementedError:  # a storage whose files have no path, such as an object store
        return None
    if not isinstance(name, str):
        return None
    path, root = Path(name).resolve(), Path(settings.MEDIA_ROOT).resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None
