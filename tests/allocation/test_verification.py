"""`manage.py verify_capacity` recomputes the pools and names the first difference."""

import pytest
from django.core.management import CommandError, call_command

from apps.allocation.models import CapacityPool

pytestmark = pytest.mark.usefixtures("country")


def test_sums_agree_after_everything(reported, capsys):
    call_command("verify_capacity", project="FL")
    assert "3 个中选产品" in capsys.readouterr().out


@pytest.mark.parametrize("column", ["fixed", "allocated"])
def test_the_first_difference_is_named(reported, column):
    pool = CapacityPool.objects.get(product=reported.products["C"])
    setattr(pool, column, getattr(pool, column) + 1)
    pool.save()

    with pytest.raises(CommandError, match="FL C制药 C") as refusal:
        call_command("verify_capacity")

    assert refusal.value.returncode == 1


def test_an_unknown_project_is_refused(db):
    with pytest.raises(CommandError, match="没有项目 NONE"):
        call_command("verify_capacity", project="NONE")
