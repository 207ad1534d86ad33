"""Several people at the same moment, each in a thread and on a connection of their own; and a connection that dies."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from apps.administration.domain.changes.asking import ChangeRefused
from apps.distribution.domain.relations.refusals import RelationRefused
from apps.review.domain.refusals import ReviewRefused
from tests.running import as_owner
from tests.waiting import PATIENCE

Act = Callable[[], object]
REFUSALS = (ReviewRefused, RelationRefused, ChangeRefused)


def at_once(*acts: Act) -> list[str]:
    """Run all at the same moment; what became of each: “done” or the name of its refusal."""
    return [refusal or "done" for refusal, _ in _run(acts)]


def answers_at_once(*acts: Act) -> list[Any]:
    """The same, with what each returned instead of “done”."""
    return [refusal or answer for refusal, answer in _run(acts)]


def _run(acts: tuple[Act, ...]) -> list[tuple[str, object]]:
    barrier = Barrier(len(acts))

    def run(act: Act) -> tuple[str, object]:
        barrier.wait(timeout=PATIENCE)
        try:
            return "", act()
        except REFUSALS as refused:
            return type(refused).__name__, None
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def kill_this_connection() -> None:
    """From another one, as a server would that goes away: the next statement fails."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()

    def end() -> None:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        connection.close()

    with ThreadPoolExecutor(1) as other:
        other.submit(end).result()


def posted_twice(client: Client, url: str, data: dict[str, Any], file: bytes = b"") -> list[int]:
    """The very same form from two windows of one session, at the same moment: what each is answered."""

    def post() -> int:
        browser, sent = Client(), dict(data)
        browser.cookies.update(client.cookies)
        if file:
            sent["file"] = SimpleUploadedFile("依据.png", file, content_type="image/png")
        return int(browser.post(url, sent).status_code)

    return sorted(answers_at_once(post, post))
