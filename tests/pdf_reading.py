"""Reading PDFs as people do: page by page, in words."""

import io

import pypdfium2
from django.http import HttpResponseBase


def content_of(response: HttpResponseBase) -> bytes:
    """The file that a page answered with."""
    assert response.status_code == 200, response
    assert response.headers["Content-Type"] == "application/pdf"
    parts = getattr(response, "streaming_content", None)
    return b"".join(parts) if parts else response.content  # type: ignore[attr-defined]


def pages_of(content: bytes) -> list[str]:
    """The text of every page, lines in reading order."""
    pdf = pypdfium2.PdfDocument(io.BytesIO(content))
    texts = [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in pdf]
    pdf.close()
    return texts


def squeezed(text: str) -> str:
    """Without white space: what a cell wrapped stands together again."""
    return "".join(text.split())
