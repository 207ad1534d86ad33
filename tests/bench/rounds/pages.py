"""People at their pages: signed in for real, a form sent with what its page showed, a job waited for."""

import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.test import Client

from apps.accounts.models import User
from apps.jobs.models import UNFINISHED, Job, Status
from apps.review.pages.forms import SHEET_TICKS
from apps.scope.context import whole_country
from tests.pages import all_of, shown

TICKED = dict.fromkeys(SHEET_TICKS, "on")
PATIENCE = 1_800.0


def signed_in(account: User) -> Client:
    client = Client(HTTP_HOST="localhost")
    client.force_login(account)
    return client


def approve_all(client: Client, url: str) -> None:
    """The list, all of it ticked, the page that says what will happen, 审核通过."""
    chosen = client.post(url, {"action": "approve", **all_of(client, url)})
    page = _redirected(chosen)
    told = shown(client, page)
    _redirected(client.post(page, {**told, **TICKED}))


def approve_one(client: Client, code: str, filing: int) -> None:
    """The filing, then 审核通过 on it."""
    page = f"/review/{code}/filings/{filing}/"
    _require(client.get(page))
    _redirected(client.post(f"{page}approve/", {**shown(client, f"{page}approve/"), **TICKED}))


def done_by_job(client: Client, url: str, form: Mapping[str, Any]) -> float:
    """Seconds from the click to the end of the job, which a worker does meanwhile."""
    told = shown(client, url)
    begin = time.perf_counter()
    _redirected(client.post(url, {**told, **form}))
    with whole_country(reason="bench"):
        job = Job.objects.latest("pk")
        while job.status in UNFINISHED:
            if time.perf_counter() - begin > PATIENCE:
                raise TimeoutError(f"{url}: {job.status}")
            time.sleep(0.02)
            job.refresh_from_db(fields=["status"])
    if job.status != Status.SUCCEEDED:
        raise RuntimeError(f"{url}: {job.status}")
    return time.perf_counter() - begin


def _require(answer: Any, wanted: HTTPStatus = HTTPStatus.OK) -> None:
    if answer.status_code != wanted:
        raise RuntimeError(f"{answer.request['PATH_INFO']}: {answer.status_code}")


def _redirected(answer: Any) -> str:
    _require(answer, HTTPStatus.FOUND)
    return str(answer["Location"])
