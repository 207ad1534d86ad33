"""The finished demo round has a published base and agreed volumes, converted, ratioed and added up."""

import pytest
from django.db.models import Sum

from apps.projects.models import Phase, Project
from apps.review.models import Filing
from apps.volumes.models import (
    AgreedQuantity,
    AgreedTerms,
    AgreedVersion,
    BaseQuantity,
    BaseVersion,
)

pytestmark = pytest.mark.usefixtures("demo", "db", "country")


def test_the_past_round_has_its_base_and_its_agreed_volumes():
    past = Project.objects.get(code="DEMO-2024")
    base = BaseVersion.objects.of_project(past).published().get()
    version = AgreedVersion.objects.of_project(past).published().get()
    root = Filing.objects.get(project=past, parent=None)

    assert past.phase == Phase.CONCLUDED
    assert (version.base_id, base.missing) == (base.pk, [])
    terms = AgreedTerms.objects.filter(version=version)
    assert {0, 1, 2, 3, 4, 5} == set(terms.values_list("winners", flat=True))
    converted = BaseQuantity.objects.filter(version=base).exclude(coefficient=1)
    assert converted.count() > 0
    national = AgreedQuantity.objects.filter(version=version, filing=root)
    below = AgreedQuantity.objects.filter(version=version, filing__parent=root)
    assert national.aggregate(sum=Sum("agreed")) == below.aggregate(sum=Sum("agreed"))
    assert national.filter(agreed__gt=0).count() == terms.filter(winners__gt=0).count()
