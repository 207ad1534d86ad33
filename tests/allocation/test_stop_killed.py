"""Whoever dies in the middle of 取消中选 or of taking it back leaves nothing of it: all or nothing, and once more it
goes through. The whole process is killed, as a server is; half way, a worker (`test_stop_worker`)."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from apps.allocation.domain.stops.acts import STEPS
from apps.allocation.domain.verification import differences
from apps.scope.context import whole_country
from tests.jobs.real_worker import wait_for_file
from tests.stopping import ended, everything, standing, stopped

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = """
import sys, time, django
from pathlib import Path
django.setup()
from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.allocation.domain.stops.acts import end_stop, stop_product
from apps.allocation.models import ProductStop
from apps.projects.models import WinningProduct
from apps.scope.context import whole_country
from tests.stopping import asked

user, product, step, go = int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4])

def wait(done, total, words):
    if done == step:
        go.touch()
        time.sleep(120)

with whole_country(reason="test"):
    by, product = Actor.of(User.objects.get(pk=user)), WinningProduct.objects.get(pk=product)
    stop = ProductStop.objects.in_force().filter(product=product).first()
    if stop:
        end_stop(project=product.project, stop=stop, reason="恢复", by=by, progress=wait)
    else:
        stop_product(project=product.project, wanted=asked(product), by=by, progress=wait)
"""


def killed_at(step: int, product, officer, go: Path) -> None:
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "AUDIT_DIR": str(settings.AUDIT_DIR),
        "SECRET_KEY": settings.SECRET_KEY,
    }
    told = [str(officer.pk), str(product.pk), str(step), str(go)]
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, *told], env=environment, cwd=settings.BASE_DIR
    )
    try:
        wait_for_file(go)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def test_all_or_nothing(reported, alliance_officer, tmp_path) -> None:
    project, product = reported.project, reported.products["C"]
    with whole_country(reason="test"):
        before = everything(project)

        killed_at(STEPS, product, alliance_officer, tmp_path / "whole")
        assert everything(project) == before

        stop = stopped(project, alliance_officer, product)
        between = everything(project)
        killed_at(2, product, alliance_officer, tmp_path / "undone")
        assert everything(project) == between
        ended(stop, alliance_officer)
        assert standing(project) == before[:5]
        assert list(differences(project)) == []
