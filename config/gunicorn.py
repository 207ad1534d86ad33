"""How gunicorn serves the product: a few processes with threads, one request log (ours), figures over all processes.

`PORT` or `BIND`, `WEB_WORKERS`, `WEB_THREADS` and `FORWARDED_ALLOW_IPS` (gunicorn's own) tune it.
"""

import gc
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

from config.logging import logging_dict

wsgi_app = "config.wsgi:application"
bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")
# gthread, but threads don't wait for what a client has not sent yet.
worker_class = "config.patient_worker.PatientWorker"
# For two cores. Threads of one process wait for each other's Python: four times three answer a third more than two
# times eight.
workers = int(os.environ.get("WEB_WORKERS", "4"))
threads = int(os.environ.get("WEB_THREADS", "3"))
# Each thread keeps its connection (seconds): what the connection has planned is worth as much as the connection.
os.environ.setdefault("DATABASE_MAX_AGE", "3600")
# Who looks after web processes sends signals; the account they run as need not have a home for a socket.
control_socket_disable = True
# A worker that stops answering is replaced; anything slower than this belongs into a job.
timeout = 60
graceful_timeout = 10
keepalive = 5
# Fresh processes now and then, not all at once.
max_requests = 5000
max_requests_jitter = 500
# Heartbeats on a disk stall when the disk does.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 - gunicorn makes a private file
accesslog = None
logconfig_dict = logging_dict(debug=False, level=os.environ.get("LOG_LEVEL", "INFO"))

# Each process writes its figures here and /metrics adds them up; prometheus_client looks at its first import.
_figures = Path(
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="fenliang-metrics-"))
)
_figures.mkdir(parents=True, exist_ok=True)


def on_starting(_server: object) -> None:
    """Whoever starts anew wants traffic (`DRAIN_FILE` of the settings, which are not read here)."""
    folder = os.environ.get("VAR_DIR", str(Path(__file__).resolve().parent.parent / "var"))
    Path(os.environ.get("DRAIN_FILE", f"{folder}/draining")).unlink(missing_ok=True)


def post_worker_init(_worker: Any) -> None:
    """Load all pages before somebody waits for one. What is loaded stays: don't look through it for garbage again."""
    from django.apps import apps  # noqa: PLC0415 - not before the settings are
    from django.urls import reverse  # noqa: PLC0415

    if apps.ready:  # another application than ours has none
        reverse("portal:home")
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def child_exit(_server: object, worker: Any) -> None:
    """Forget the gauges of a process that ended; its counters stay counted."""
    from config.metric_files import put_together  # noqa: PLC0415 - not before the folder above is known

    put_together(_figures, worker.pid)


def on_exit(_server: object) -> None:
    """Leave no figures behind."""
    shutil.rmtree(_figures, ignore_errors=True)
