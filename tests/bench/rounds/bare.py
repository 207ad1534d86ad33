"""What the database alone does of a piece of work: a few statements and a durable commit, from as many sessions.

A limit that means something: the rows are as wide as ours and stay, with their keys and indexes; nothing is checked,
nobody is asked who they are, no trigger runs.
"""

import os
import threading
import time
from collections.abc import Callable, Sequence

import psycopg

Work = Callable[[psycopg.Connection, int], object]


def owner_url() -> str:
    return os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]


def bare_rate(setting_up: Sequence[str], work: Work, *, clients: int, seconds: float) -> float:
    """Times a second that `work` was done and committed; it is told which client works."""
    with psycopg.connect(owner_url(), autocommit=True) as connection:
        for statement in setting_up:
            connection.execute(statement.encode())
    until, done = time.perf_counter() + seconds, [0] * clients

    def go(place: int) -> None:
        with psycopg.connect(owner_url()) as connection:
            while time.perf_counter() < until:
                work(connection, place)
                connection.commit()
                done[place] += 1

    threads = [threading.Thread(target=go, args=(place,)) for place in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / seconds


def bare_seconds(
    setting_up: Sequence[str], statements: Sequence[tuple[str, Sequence[object]]]
) -> float:
    """Seconds of the statements with their commit."""
    with psycopg.connect(owner_url()) as connection:
        for statement in setting_up:
            connection.execute(statement.encode())
        connection.commit()
        begin = time.perf_counter()
        for statement, values in statements:
            connection.execute(statement.encode(), values)
        connection.commit()
        return time.perf_counter() - begin
