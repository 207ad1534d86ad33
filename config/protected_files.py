"""Uploads through the proxy: a view checks who asks and answers with the file, the proxy sends its bytes.

Invariant: nothing but a file below MEDIA_ROOT that a view has already decided to give is ever named to the proxy.
"""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase

HEADER = "X-Accel-Redirect"


class ProtectedFilesMiddleware:
    """Where PROTECTED_URL names the proxy's internal location, replaces a stored file's bytes by its address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not settings.PROTECTED_URL:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, FileResponse) or (stored := _stored_name(response)) is None:
            return response
        handed_over = HttpResponse(status=response.status_code, headers=dict(response.headers))
        del handed_over.headers["Content-Length"]
        handed_over.cookies = response.cookies
        handed_over.headers.setdefault("Cache-Control", "private, no-store")
        handed_over.headers[HEADER] = settings.PROTECTED_URL + quote(stored)
        # Not the response: closing that would end the request before its answer is sent.
        if response.file_to_stream:
            response.file_to_stream.close()
        return handed_over


def _stored_name(response: FileResponse) -> str | None:
    """Return the file's name relative to MEDIA_ROOT; None for anything made on the fly or stored elsewhere."""
    content = response.file_to_stream
    try:
        name = getattr(content, "path", None) or getattr(content, "name", None)
    except NotImplementedError:  # a storage whose files have no path, such as an object store
        return None
    if not isinstance(name, str):
        return None
    path, root = Path(name).resolve(), Path(settings.MEDIA_ROOT).resolve()
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else None
