"""A strict session: no network, no leaked scope, nothing written outside temporary folders, no silent skip.

Invariant: a test's outcome depends on the code and the database, never on this machine's settings or its network.
"""

import gc
import logging
import os
import socket
import time
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import override_settings

from apps.audit.domain.anchors import anchor_file
from apps.scope.context import ScopeNotSet, current_scope
from tests.migrated import copy_migrated
from tests.running import as_owner
from tests.waiting import PATIENCE

# Fixtures whose tests talk to a server in this very process.
SERVED = frozenset({"live_server", "transactional_live_server"})
OWN_SERVER = {
    "gunicorn_port", "object_store", "openid", "portal", "receiver", "receiver_tls", "web",
}  # fmt: skip
"""Fixtures that serve on this machine without a database."""
RARELY = (20_000, 20, 50)
"""For Python's collector of circles: a test makes many objects, and few of them go round."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
# Of every session of the tests.
LIMITS = "-c lock_timeout=120s -c statement_timeout=300s"
# Other sessions on the test's database, and what each did last; one that rests with nothing open (a browser keeps
# its connection, and a thread of the server with it) is ended.
OTHERS = """
    SELECT pid, state, query,
        CASE WHEN state = 'idle' AND state_change < clock_timestamp() - interval '0.5 seconds'
            THEN pg_terminate_backend(pid) END
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


class NetworkUsed(RuntimeError):
    """A test opened a connection to something other than the database."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--fail-on-skip",
        action="store_true",
        help="a skipped test fails the run: for machines that must run all",
    )


def pytest_configure() -> None:
    # Assigned, not overridden: on the way out Django would look at a key that isn't there.
    settings.SECRET_KEY = "a key for tests only, known to everybody"
    # A busy machine is no fault; .ci/run has Hypothesis's own profile, which also draws the same examples each time.
    if not os.environ.get("CI"):
        hypothesis.settings.register_profile("patient", deadline=None)
        hypothesis.settings.load_profile("patient")
    # The settings' handler holds the standard error of the moment they were loaded; pytest shows what is logged.
    logging.getLogger().handlers.clear()


def pytest_collection_finish() -> None:
    """What is there by now stays: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*RARELY)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.getplugin("terminalreporter")
    if not session.config.getoption("--fail-on-skip") or reporter is None:
        return
    if reporter.stats.get("skipped") and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    if config.getoption("--fail-on-skip") and skipped:
        terminalreporter.section("skipped tests fail this run", red=True)
        for report in skipped:
            terminalreporter.line(
                f"{report.nodeid}: {report.longrepr[2] if report.longrepr else ''}"
            )


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """What waits for a lock that never comes fails, and says for what, instead of hanging."""
    settings.DATABASES["default"]["OPTIONS"]["options"] = LIMITS
    copy_migrated()


@pytest.fixture(scope="session", autouse=True)
def test_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings of the whole session: uploads in a temporary folder, cheap hashes, no collected static files."""
    storages = {
        "default": {"BACKEND": "config.room_storage.FileStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    with override_settings(
        MEDIA_ROOT=tmp_path_factory.mktemp("media"),
        AUDIT_DIR=tmp_path_factory.mktemp("audit"),
        STATIC_ROOT=tmp_path_factory.mktemp("static"),
        PASSWORD_HASHERS=[
            "django.contrib.auth.hashers.MD5PasswordHasher",
            *settings.PASSWORD_HASHERS,
        ],
        STORAGES=storages,
    ):
        yield


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Python's sockets reach nothing but local ones; libpq speaks to the database without them."""
    connect = socket.socket.connect
    served = (SERVED | OWN_SERVER).intersection(request.fixturenames)

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not (served and address[0] in LOOPBACK):
            raise NetworkUsed(f"connect to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def no_leaked_counts() -> None:
    """How often somebody asked this minute is counted in the process's memory, and every test asks from one address."""
    cache.clear()


@pytest.fixture(autouse=True)
def no_leaked_anchor() -> Iterator[None]:
    """Seals go with the test's transaction, their anchor in a file does not: the next seal would find it ahead."""
    yield
    anchor_file().unlink(missing_ok=True)


@pytest.fixture(autouse=True)
def no_leaked_scope() -> Iterator[None]:
    """A test starts and ends without a scope; fixtures that need one open it for their own block."""
    yield
    with pytest.raises(ScopeNotSet):
        current_scope()


@pytest.fixture(autouse=True)
def no_leaked_session(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that commits leaves no session at work behind: its locks would stop whichever test comes next."""
    if not _commits(request):
        yield
        return
    request.getfixturevalue("transactional_db")  # emptied only after the look below
    yield
    with as_owner():
        left = _sessions_left()
    if left:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [list(left)])
        pytest.fail(f"sessions left on the database: {left}")


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    asked = marker is not None and marker.kwargs.get("transaction", False)
    return (
        asked
        or "transactional_db" in request.fixturenames
        or bool(SERVED.intersection(request.fixturenames))
    )


def _sessions_left() -> dict[int, tuple[str, str]]:
    until = time.monotonic() + PATIENCE
    while True:
        with connection.cursor() as cursor:
            cursor.execute(OTHERS)
            left = {pid: (state, query) for pid, state, query, _ended in cursor.fetchall()}
        if not left or time.monotonic() > until:
            return left
        time.sleep(0.05)
