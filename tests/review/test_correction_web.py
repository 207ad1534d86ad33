"""A web server that is killed in the middle of a correction leaves nothing of it; sent once more it is done, once."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from apps.audit.models import LogEntry
from apps.projects.models import Correction
from apps.reporting.domain import rollup
from apps.reporting.domain.totals.verifying import differences
from apps.reporting.models import DemandProgress
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import whole_country
from tests import factories_demand as make
from tests.pages import shown
from tests.real_web import web
from tests.review.test_correction_killed import everything, season
from tests.unit_changing import PNG
from tests.waiting import wait_for_waiting

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["season", "web"]


def form_of(client, url: str) -> dict[str, object]:
    """As the page shows it, with another pack."""
    form = client.get(url).context["form"]
    values = {name: form[name].value() for name in form.fields if name not in ("deadline", "file")}
    values = {name: "" if value is None else value for name, value in values.items()}
    day = timezone.localdate() + timedelta(days=3)
    changed = {"pack_quantity": "10", "reason": "公告有误", "apply": ""}
    ends = {"deadline_0": f"{day:%Y-%m-%d}", "deadline_1": "24:00"}
    file = SimpleUploadedFile("公告.png", PNG, content_type="image/png")
    return {**values, **shown(client, url), **changed, **ends, "file": file}


def test_all_or_nothing(season, alliance_officer, client_of, web) -> None:
    office = client_of(alliance_officer)
    item = make.items_of(season)["P0001"]
    url = reverse("review:correction_edit", args=[season.code, "item", item.pk])
    with whole_country(reason="test"):
        rollup.refresh(season)
        before = everything()
    asked = form_of(office, url)

    with (
        web() as server,
        transaction.atomic(),
        whole_country(reason="test"),
        connection.cursor() as cursor,
    ):
        # Whoever renews the summaries of work waits: filings, events, totals and the item are written by then.
        assert list(DemandProgress.objects.select_for_update().values_list("pk"))
        thread, came = server.posting(office, url, asked)
        wait_for_waiting(cursor)
        server.kill()
        thread.join()
        assert everything() == before
    assert not isinstance(came[0], int)

    with web() as server:
        assert server.posted(office, url, form_of(office, url)) == 302
    with whole_country(reason="test"):
        assert Correction.objects.get().returned == 4
        assert LogEntry.objects.filter(verb="更正").count() == 1
        reported = Filing.objects.of_project(season).exclude(tier="alliance")
        assert set(reported.values_list("status", flat=True)) == {Status.RETURNED}
        assert list(differences(season)) == []
