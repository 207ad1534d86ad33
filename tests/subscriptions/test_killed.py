"""A worker that dies between sending and noting: the receiver gets the event again, under the same id."""

import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings as configured
from django.db import connection

from apps.notices.announcing import Happening, announce
from apps.notices.event import EventName
from apps.scope.context import whole_country
from apps.subscriptions.domain.delivering import deliver_due
from apps.subscriptions.models import Delivery
from tests.jobs.real_worker import wait_for_file

pytestmark = pytest.mark.django_db(transaction=True)
SCRIPT = """
import sys, time, django
from pathlib import Path
django.setup()
from django.conf import settings
settings.WEBHOOK_HTTPS_ONLY = False
settings.WEBHOOK_ALLOWED_NETWORKS = ["127.0.0.1/32"]
from apps.scope.context import whole_country
from apps.subscriptions.domain.delivering import send_due

with whole_country(reason="test"):
    for _, answer in send_due():
        Path(sys.argv[1]).write_text(str(answer.code))
        time.sleep(120)
"""


def test_the_duplicate_has_the_same_id(hook_of, receiver, hospital_clerk, tmp_path):
    hook_of(hospital_clerk)
    sent = tmp_path / "sent"
    with whole_country(reason="test"):
        announce([Happening(EventName.RETURNED, hospital_clerk.path)])
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.jobs.worker_settings",
        "TEST_DATABASE": str(connection.settings_dict["NAME"]),
        "SECRET_KEY": configured.SECRET_KEY,
    }
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(sent)], env=environment, cwd=configured.BASE_DIR
    )
    try:
        wait_for_file(sent)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()

    with whole_country(reason="test"):
        assert Delivery.objects.get().state == "waiting"
        deliver_due()
        assert Delivery.objects.get().state == "sent"
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1
