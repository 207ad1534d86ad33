"""A web server that is killed in the middle of 取消中选 leaves nothing of it; sent once more it is done, once."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from apps.allocation.domain.verification import differences
from apps.allocation.models import ProductStop, SupplyTotal
from apps.audit.models import LogEntry
from apps.review.models import FilingEvent
from apps.scope.context import whole_country
from tests.real_web import web
from tests.stopping import everything
from tests.unit_changing import PNG
from tests.waiting import wait_for_waiting

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["web"]


def form_of(client, url: str) -> dict[str, object]:
    """As the preview shows it."""
    told = {"act": "cancel", "from_date": "2026-12-05", "reason": "企业停产", "replacement": ""}
    plan = client.post(url, {**told, "preview": ""}).context["preview"].plan
    file = SimpleUploadedFile("通知.png", PNG, content_type="image/png")
    return {**told, "apply": "", "digest": plan.digest, "file": file}


def test_all_or_nothing(reported, alliance_officer, client_of, web) -> None:
    project, product = reported.project, reported.products["C"]
    office = client_of(alliance_officer)
    url = reverse("allocation:stop_edit", args=[project.code, product.pk])
    with whole_country(reason="test"):
        before = everything(project)
    asked = form_of(office, url)

    with (
        web() as server,
        transaction.atomic(),
        whole_country(reason="test"),
        connection.cursor() as cursor,
    ):
        # Whoever renews the totals waits: lines, shares and events are written by then.
        assert list(SupplyTotal.objects.select_for_update(of=("self",)).values_list("pk"))
        thread, came = server.posting(office, url, asked)
        wait_for_waiting(cursor)
        server.kill()
        thread.join()
        assert everything(project) == before
    assert not isinstance(came[0], int)

    with web() as server:
        assert server.posted(office, url, form_of(office, url)) == 302
    with whole_country(reason="test"):
        assert ProductStop.objects.get().product == product
        assert LogEntry.objects.filter(verb="取消中选").count() == 1
        assert FilingEvent.objects.filter(action="stopped").count() == 1
        assert list(differences(project)) == []
