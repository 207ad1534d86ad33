"""Forms of the chain that nobody's page makes: refused in words, and nothing moves."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models.statuses import Status
from apps.ui.numbers import number_of
from tests.cast import Tree
from tests.factories_allocation import filing_of
from tests.factories_review import put
from tests.review.acting import status_of

ClientOf = Callable[[User], Client]


def test_a_reason_longer_than_what_keeps_it_is_asked_for_again(
    round_on_paper: Project, tree: Tree, client_of: ClientOf, province_officer: User
) -> None:
    filing = filing_of(round_on_paper, tree["H42010600001"])
    put(Status.LAPSED, filing)
    day = timezone.localdate() + timedelta(days=2)
    data = {"reason": "补" * 301, "closes_at_0": f"{day:%Y-%m-%d}", "closes_at_1": "24:00"}
    address = reverse("review:filing_act", args=[round_on_paper.code, filing.pk, "supplement"])

    response = client_of(province_officer).post(address, data)

    assert response.status_code == 200
    assert "reason" in response.context["form"].errors
    assert status_of(filing) == "lapsed"


@pytest.mark.parametrize(
    ("text", "version"), [("7", 7), ("", None), ("-1", None), ("²", None), ("9" * 5_000, None)]
)
def test_only_versions_are_versions(text: str, version: int | None) -> None:
    assert number_of(text) == version
