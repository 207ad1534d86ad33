"""Confirming is of what the page showed: what a colleague saved or finished meanwhile is told, not confirmed along."""

import pytest
from django.urls import reverse

from apps.allocation.domain.confirming import confirm_pending, withdraw_pending
from apps.allocation.models import AllocationRow
from apps.allocation.pages.forms import stamp_of_contracts
from tests.net.page_forms import forms_on

pytestmark = pytest.mark.usefixtures("country")


def confirmed(round_):
    return AllocationRow.objects.filter(
        pk=round_.row().pk, pending_confirmed_at__isnull=False
    ).exists()


def test_a_row_with_other_quantities_than_were_shown_is_not_confirmed(worked, fill, client_of):
    fill(worked, confirm=False)
    line = worked.row().lines.filter(contract__gt=0).first()
    url = reverse("allocation:pending_confirm", args=[worked.project.code, worked.row().pk])
    stale = stamp_of_contracts({line.product_id: line.contract + 8})

    answer = client_of(worked.clerk).post(url, {"seen": stale, "slot": line.slot}, follow=True)

    assert f"{line.contract:,}；没有确认" in answer.content.decode()
    assert not confirmed(worked)
    fresh = stamp_of_contracts(
        dict(worked.row().lines.filter(slot=line.slot).values_list("product_id", "contract"))
    )
    client_of(worked.clerk).post(url, {"seen": fresh, "slot": line.slot})
    assert confirmed(worked)


def test_all_that_is_filled_is_what_the_page_counted(worked, fill, client_of):
    fill(worked, confirm=False)
    client, url = (
        client_of(worked.clerk),
        reverse("allocation:pending_list", args=[worked.project.code]),
    )
    page = client.get(url).content.decode()
    form = next(form for form in forms_on(page) if "seen_set" in form.sent())
    confirm_pending(row=worked.row(), project=worked.project, by=worked.by)

    answer = client.post(
        form.attributes["action"], form.sent(), follow=True, HTTP_REFERER=f"http://testserver{url}"
    )

    assert "由 1 条变为 0 条，没有执行" in answer.content.decode()
    withdraw_pending(row=worked.row(), project=worked.project, by=worked.by)
    client.post(form.attributes["action"], form.sent())
    assert confirmed(worked)
