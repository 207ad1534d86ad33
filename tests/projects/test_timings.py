"""The timing of a unit that need not have a filing, and what the project list makes of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.organizations.models import Tier
from apps.projects.domain.windows.own_timing import timings_of
from apps.projects.models import ProvinceWindow, SupplementWindow
from tests.factories_projects import ProjectFactory, open_windows

pytestmark = pytest.mark.usefixtures("db", "country")


def test_timings_of_combines_national_province_and_supplement(tree, django_assert_num_queries):
    now = timezone.now()
    plain, narrowed, supplemented = (ProjectFactory() for _ in range(3))
    for project in (plain, narrowed, supplemented):
        open_windows(project, closes_at=now + timedelta(days=7))
    ProvinceWindow.objects.create(
        project=narrowed, province=tree["42"], path=tree["42"].path, tier=Tier.INSTITUTION,
        opens_at=now - timedelta(hours=1), closes_at=now + timedelta(days=2),
    )  # fmt: skip
    SupplementWindow.objects.create(
        project=supplemented, organization=tree["H42010600001"], path=tree["H42010600001"].path,
        opens_at=now + timedelta(days=8), closes_at=now + timedelta(days=9), reason="停电",
    )  # fmt: skip

    with django_assert_num_queries(1):
        timings = timings_of(tree["H42010600001"], [plain, narrowed, supplemented])

    later = now + timedelta(days=3)
    assert [timings[p.pk].is_open(now) for p in (plain, narrowed, supplemented)] == [True] * 3
    assert [timings[p.pk].is_open(later) for p in (plain, narrowed, supplemented)] == [
        True,
        False,
        True,
    ]
    assert timings[supplemented.pk].is_open(now + timedelta(days=8))
    assert not timings[plain.pk].is_open(now + timedelta(days=8))


def test_timings_of_leaves_other_provinces_alone(tree):
    now = timezone.now()
    project = ProjectFactory()
    open_windows(project)
    ProvinceWindow.objects.create(
        project=project, province=tree["42"], path=tree["42"].path, tier=Tier.INSTITUTION,
        opens_at=now - timedelta(hours=2), closes_at=now - timedelta(hours=1),
    )  # fmt: skip

    assert not timings_of(tree["H42010600001"], [project])[project.pk].is_open(now)
    assert timings_of(tree["H14010500001"], [project])[project.pk].is_open(now)


def test_timings_of_enterprise_is_nothing():
    assert timings_of(None, []) == {}
