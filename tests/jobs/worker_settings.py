"""Settings of a real worker beside the tests: their database, their files, quicker to notice a death."""

import os

from config.embedded_postgres import RUNNER
from config.settings import *  # noqa: F403
from config.settings import DATABASES, PROCRASTINATE_WORKER_DEFAULTS

DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
DATABASES["default"]["OPTIONS"]["assume_role"] = RUNNER
if "TEST_LINE" in os.environ:  # the port of a line that a test can cut
    DATABASES["default"] |= {"HOST": "127.0.0.1", "PORT": os.environ["TEST_LINE"]}
JOBS_LINE_SECONDS = 1.0
PROCRASTINATE_IMPORT_PATHS = ["tests.jobs.work", "tests.exchange.killed"]
PROCRASTINATE_WORKER_DEFAULTS = {
    **PROCRASTINATE_WORKER_DEFAULTS,
    "update_heartbeat_interval": 0.5,
    "stalled_worker_timeout": 2.0,
    "shutdown_graceful_timeout": 1.0,
    "fetch_job_polling_interval": 1.0,
}
