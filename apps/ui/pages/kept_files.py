"""Files that people sent along, handed out again.

Invariant: always saved, never shown within this site, whatever the file holds, and kept by no cache.
"""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404

from apps.jobs.files import handed_out


def kept_file(file: FieldFile, name: str) -> FileResponse:
    """The file under the name that it came with. Raises `Http404` where there is none."""
    if not file:
        raise Http404
    response = FileResponse(
        handed_out(file), content_type="application/octet-stream", as_attachment=True, filename=name
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
