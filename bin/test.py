"""Every test on one embedded server: `bin/test [pytest arguments]`; the exit code is pytest's.

`TEST_WORKERS` sets how many processes share the work (default 2; `-n0` for a debugger). DATABASE_URL, if set, names a
real server instead, as a superuser: tests make their databases, and then are the runner (`tests/running.py`);
`TEST_SERVER=15` a version of PostgreSQL that Debian has installed. `COVERAGE=1` counts the lines that tests reach;
before Python 3.12 that takes half as much time again, and `COVERAGE=free` counts nothing there. Nothing else of the
caller's settings reaches the tests.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys

from bin import processes
from bin.browsers import provide_browsers
from config.embedded_postgres import VAR, server_for_tests

# Fixtures are torn down, browsers closed, the summary printed; after that pytest is killed.
TIDY_SECONDS = 60
# The first Python with sys.monitoring; older ones trace each line, and lose count where Playwright changes greenlets
# unless they are told of them.
MONITORS = (3, 12)
TRACED = ("--concurrency=thread,greenlet",)
# Everything the settings read but the database's addresses and VAR_DIR: a developer's shell must not change what the
# tests see.
SETTINGS = frozenset(
    {
        "ALLOWED_HOSTS",
        "API_PER_MINUTE",
        "AUDIT_ANCHOR_MAIL",
        "AUDIT_DIGEST",
        "AUDIT_DIR",
        "AUDIT_SEAL_KEYS",
        "BACKUP_DIR",
        "BACKUP_KEEP",
        "CAPTCHA",
        "CHECK_CODE_KEYS",
        "CSRF_TRUSTED_ORIGINS",
        "DATABASE_MAX_AGE",
        "DATABASE_POOLER",
        "DEBUG",
        "DEMO_PASSWORD",
        "DJANGO_SETTINGS_MODULE",
        "DRAIN_FILE",
        "EMAIL_BACKEND",
        "EMAIL_FROM",
        "EMAIL_URL",
        "FILE_PLACES",
        "FIRST_PASSWORD_DAYS",
        "HTTPS",
        "IDLE_TIMEOUT",
        "INSECURE_HTTP",
        "JOBS_CONCURRENCY",
        "JOBS_KEEP_DAYS",
        "JOBS_PER_OWNER",
        "JOBS_UNFINISHED_PER_OWNER",
        "LOCKOUT_ADDRESS_LIMIT",
        "LOG_KEEP_DAYS",
        "LOCKOUT_STRANGERS_LIMIT",
        "LOG_LEVEL",
        "MAINTENANCE_FILE",
        "MEDIA_ROOT",
        "MESSAGE_BACKEND",
        "MESSAGE_MAIL_DOMAIN",
        "METRICS_TOKEN",
        "PASSWORD_HISTORY",
        "PASSWORD_MAX_AGE_DAYS",
        "PASSWORD_WARN_DAYS",
        "POSTGRES_PROGRAMS",
        "PROMETHEUS_MULTIPROC_DIR",
        "PROTECTED_URL",
        "PROXIES",
        "REMIND_AGAIN_HOURS",
        "REPLICA_LAG_SECONDS",
        "REPLICA_URL",
        "REQUIRE_TOTP",
        "S3_ACCESS_KEY",
        "S3_BUCKET",
        "S3_ENDPOINT_URL",
        "S3_SECRET_KEY",
        "SEALING_KEYS",
        "SECRET_KEY",
        "SECRET_KEY_FALLBACKS",
        "SIGN_ON_CA",
        "SIGN_ON_NETWORKS",
        "SITE_URL",
        "SESSION_LIFETIME",
        "STORE_URL",
        "SUPPLEMENT_REMIND_HOURS",
        "MESSAGE_GATEWAY_AUTHORIZATION",
        "MESSAGE_GATEWAY_URL",
        "WEBHOOK_ALLOWED_NETWORKS",
        "WEBHOOK_ATTEMPTS",
        "WEBHOOK_CA_FILE",
        "WEBHOOK_HTTPS_ONLY",
        "WEBHOOK_REFUSED_NETWORKS",
        "WEBHOOK_SECONDS",
        "EVENT_KEEP_DAYS",
        "SUPPORT_PHONE",
        "VERIFY_PER_MINUTE",
        "WEB_THREADS",
    }
)


def main(arguments: list[str]) -> int:
    processes.exit_on_signals()
    provide_browsers()
    embedded = "DATABASE_URL" not in os.environ
    VAR.mkdir(parents=True, exist_ok=True)
    with (VAR / "test.lock").open("w") as lock:
        if embedded:
            fcntl.flock(
                lock, fcntl.LOCK_EX
            )  # a second run of the same checkout would drop our databases
        try:
            return _run_pytest(arguments, embedded=embedded)
        finally:
            if embedded:
                with processes.undisturbed():
                    server_for_tests().stop()


def _run_pytest(arguments: list[str], *, embedded: bool) -> int:
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    environment.pop("DATABASE_OWNER_URL", None)  # tests say themselves who they are
    if embedded:
        server_for_tests().start()
        environment["DATABASE_URL"] = server_for_tests().url()
    workers = environment.get("TEST_WORKERS", "2")
    command = [sys.executable, "-m", *_counting(environment), "pytest", f"-n{workers}", *arguments]
    # In our own group, so that a debugger keeps the terminal; Ctrl-C is pytest's to answer, we wait for it.
    signal.signal(signal.SIGINT, lambda _number, _frame: None)
    child = subprocess.Popen(command, env=environment)
    try:
        return child.wait()
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(TIDY_SECONDS)
            child.kill()
            child.wait()


def _counting(environment: dict[str, str]) -> list[str]:
    """What counts lines, if it is asked for; the environment tells pytest's workers how."""
    wanted = environment.get("COVERAGE")
    if wanted and sys.version_info >= MONITORS:
        return ["coverage", "run", "-m"]
    if wanted in {None, "", "free"}:
        return []
    environment["COVERAGE_CORE"] = "ctrace"
    return ["coverage", "run", *TRACED, "-m"]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
