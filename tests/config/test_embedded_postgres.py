import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
import pytest

from config import embedded_postgres
from config.embedded_postgres import TEST_SETTINGS, Server, ServerFailed


@pytest.fixture
def data():
    """A data folder outside of pytest's own, which pytest closes to others whenever it starts anywhere."""
    with TemporaryDirectory(prefix="fenliang-test-") as folder:
        yield Path(folder).resolve() / "pg"


@pytest.fixture
def server(data):
    server = Server(data, TEST_SETTINGS)
    yield server
    server.stop()


def postmaster(server):
    return int((server.data / "postmaster.pid").read_text().splitlines()[0])


def execute(server, statement):
    with psycopg.connect(server.url(), autocommit=True) as connection:
        return connection.execute(statement)


def fetch(server, statement):
    with psycopg.connect(server.url()) as connection:
        return connection.execute(statement).fetchone()[0]


def test_it_starts_from_nothing_in_utf8_and_the_order_of_code_points(server):
    server.start()

    assert fetch(server, "SHOW server_encoding") == "UTF8"
    assert (
        fetch(server, "SELECT datlocale FROM pg_database WHERE datname = 'fenliang'") == "C.UTF-8"
    )
    assert fetch(server, "SELECT lower('ÀÉ') || ('a' > 'B')::text") == "àétrue"


def test_it_listens_on_a_private_socket_alone(server):
    server.start()

    assert fetch(server, "SHOW listen_addresses") == ""
    assert server.socket_folder.stat().st_mode & 0o777 == 0o700
    assert server.data.stat().st_mode & 0o777 == 0o700


def test_starting_twice_keeps_the_server(server):
    server.start()
    first = postmaster(server)

    server.start()

    assert postmaster(server) == first


def test_many_that_start_at_once_share_one_server(server):
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: Server(server.data, TEST_SETTINGS).start(), range(4)))

    assert fetch(server, "SELECT count(*) FROM pg_database WHERE datname = 'fenliang'") == 1


def test_another_process_shares_it(server):
    server.start()
    program = (
        "import sys; from pathlib import Path; from config.embedded_postgres import Server;"
        "server = Server(Path(sys.argv[1])); server.start(); print(server.url())"
    )

    command = [sys.executable, "-c", program, str(server.data)]
    said = subprocess.run(
        command, cwd=embedded_postgres.ROOT, check=True, capture_output=True, text=True
    )

    assert said.stdout.strip() == server.url()


def test_it_comes_back_after_a_kill_with_what_was_committed(data):
    durable = Server(data)
    durable.start()
    execute(durable, "CREATE TABLE kept AS SELECT 42 AS number")
    os.kill(postmaster(durable), signal.SIGKILL)

    durable.start()

    assert fetch(durable, "SELECT number FROM kept") == 42
    durable.stop()


def test_a_stale_file_that_names_another_living_process_is_no_obstacle(server):
    server.start()
    server.stop()
    lines = [
        str(os.getpid()),
        str(server.data),
        "0",
        "5432",
        str(server.socket_folder),
        "",
        "",
        "ready",
    ]
    (server.data / "postmaster.pid").write_text("\n".join(lines))

    server.start()

    assert postmaster(server) != os.getpid()


def test_it_starts_again_when_its_socket_was_cleaned_away(server):
    server.start()
    (server.socket_folder / ".s.PGSQL.5432").unlink()
    (server.socket_folder / ".s.PGSQL.5432.lock").unlink()
    server.socket_folder.rmdir()

    server.start()

    assert fetch(server, "SELECT 1") == 1


def test_a_half_made_data_folder_is_made_anew(server):
    half_made = server.data.with_suffix(".new")
    half_made.mkdir()
    (half_made / "PG_VERSION").write_text("18")

    server.start()

    assert fetch(server, "SELECT 1") == 1


def test_stopping_leaves_no_process_and_no_socket(server):
    server.start()
    pid = postmaster(server)

    server.stop()

    assert not Path(
        f"/proc/{pid}/cwd"
    ).exists()  # a zombie may stay where nobody reaps, but it works nowhere
    assert not server.socket_folder.exists()


def test_dropping_the_database_drops_its_tables_under_whoever_is_connected(server):
    server.start()
    execute(server, "CREATE TABLE gone AS SELECT 1")
    with psycopg.connect(server.url()):
        server.drop_database()

    assert fetch(server, "SELECT to_regclass('gone') IS NULL") is True


def test_two_data_folders_never_share_a_socket(tmp_path):
    assert Server(tmp_path / "one").socket_folder != Server(tmp_path / "two").socket_folder


def test_a_socket_fits_below_the_kernels_limit_however_deep_the_checkout(tmp_path):
    deep = Server(tmp_path / ("deep/" * 60) / "pg")

    assert len(os.fsencode(deep.socket_folder / ".s.PGSQL.5432")) < 107


def test_a_folder_that_somebody_else_put_in_the_sockets_place_is_refused(server):
    server.socket_folder.mkdir(mode=0o755)
    server.socket_folder.chmod(0o755)

    with pytest.raises(ServerFailed, match="isn't this server's private folder"):
        server.start()

    server.socket_folder.rmdir()


def test_data_of_another_major_version_is_refused_with_a_way_out(server):
    server.start()
    server.stop()
    (server.data / "PG_VERSION").write_text("17\n")

    with pytest.raises(ServerFailed, match="was made by PostgreSQL 17, this is 18"):
        server.start()


def test_it_starts_in_seconds(server):
    server.start()
    server.stop()

    begin = time.monotonic()
    server.start()

    assert time.monotonic() - begin < 30
