"""取消中选 and a purchase that two windows send at the same moment take effect once."""

import pytest
from django.urls import reverse

from apps.allocation.domain.verification import differences
from apps.allocation.models import ProductStop, SlotLine
from apps.audit.models import LogEntry
from apps.scope.context import whole_country
from tests import factories_allocation as make
from tests.allocation.reading import url as address
from tests.racing import posted_twice
from tests.unit_changing import PNG

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_product_is_disqualified_once(reported, alliance_officer, client_of):
    office = client_of(alliance_officer)
    url = reverse("allocation:stop_edit", args=["FL", reported.products["C"].pk])
    told = {"act": "cancel", "from_date": "2026-12-05", "reason": "企业停产", "replacement": ""}
    plan = office.post(url, {**told, "preview": ""}).context["preview"].plan

    posted_twice(office, url, {**told, "apply": "", "digest": plan.digest}, PNG)

    with whole_country(reason="test"):
        assert ProductStop.objects.count() == 1
        assert LogEntry.objects.filter(verb="取消中选").count() == 1
        assert list(differences(reported.project)) == []


def test_packs_are_taken_once(worked, client_of):
    product = worked.products["A"]
    form = {f"contract-{product.pk}": "4500", "seen": f"{product.pk}:"}
    with whole_country(reason="test"):
        row, before = worked.row(), make.pool_of(product).allocated

    posted_twice(client_of(worked.clerk), address("slot_edit", "FL", row.pk, "highest"), form)

    with whole_country(reason="test"):
        assert SlotLine.objects.get(row=row, product=product).reserved == 4_500
        assert make.pool_of(product).allocated == before + 4_500
        assert list(differences(worked.project)) == []
