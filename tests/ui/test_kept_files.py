"""Files that people sent along are saved, never shown, under the names that they came with."""

import pytest
from django.core.files.base import ContentFile
from django.db.models.fields.files import FieldFile
from django.http import Http404

from apps.review.models import Appeal
from apps.ui.pages.kept_files import kept_file


@pytest.mark.django_db  # an answer that is closed has a look at the connections
def test_it_is_saved_and_never_shown(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    file = Appeal(file="").file
    file.save("a.html", ContentFile(b"<script>"), save=False)
    file.close()

    response = kept_file(file, "说明.html")

    assert response.getvalue() == b"<script>"
    response.close()
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_there_is_none():
    empty: FieldFile = Appeal(file="").file

    with pytest.raises(Http404):
        kept_file(empty, "")
