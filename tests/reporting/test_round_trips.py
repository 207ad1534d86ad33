"""The sheet as a template, uploaded untouched, changes nothing: explanations of whatever text."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.exchange.models import StoredUpload
from apps.reporting.domain.sheet.saving import Entry, save_lines
from apps.scope.context import whole_country
from tests.exchange.nasty import NASTY

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("country")]


@pytest.mark.parametrize("text", NASTY)
def test_the_template_untouched(round_, client_of, text):
    save_lines(entries=[Entry(round_.item("P0001"), 2_000, "other", text)], **round_.place)
    clerk, url = client_of(round_.clerk), reverse("reporting:demand_import", args=["BL"])

    content = b"".join(clerk.get(url, {"template": ""}).streaming_content)
    clerk.post(url, {"file": SimpleUploadedFile("采购需求.xlsx", content)})

    with whole_country(reason="test"):
        upload = StoredUpload.objects.latest("pk")
    assert upload.problems == []
    assert (upload.counts["new"], upload.counts["changed"]) == (0, 0)
