"""Pages and data travel compressed without a proxy, too.

Django's own adds to each answer a random number of bytes, so that its length tells nothing of a secret in it (BREACH).
Files are left alone: workbooks and PDFs are compressed already.
"""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

COMPRESSED = ("text/html", "application/json")


class CompressionMiddleware(GZipMiddleware):
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        is_text = response.headers.get("Content-Type", "").startswith(COMPRESSED)
        if not is_text or not isinstance(response, HttpResponse):
            return response
        compressed: HttpResponseBase = super().process_response(request, response)
        return compressed
