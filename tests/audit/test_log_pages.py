"""操作日志: one's own subtree, filtered, by key, exported."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.audit.services import Entry, record, record_many
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.scope.context import whole_country
from tests.cast import Tree
from tests.exported import opened_export

ClientOf = Callable[[User], Client]


@pytest.fixture
def logged(
    tree: Tree, hospital_clerk: User, city_reviewer: User, neighbour_clerk: User
) -> dict[str, User]:
    """One act of a hospital and its city on a project, one of a stranger."""
    with whole_country(reason="test"):
        for person, verb, sentence in (
            (hospital_clerk, "上报", "上报：武昌区人民医院"),
            (city_reviewer, "审核通过", "审核通过：武昌区人民医院"),
            (neighbour_clerk, "上报", "上报：小店区人民医院"),
        ):
            path = neighbour_clerk.path if person == neighbour_clerk else hospital_clerk.path
            record(
                by=Actor.of(person), verb=verb, object="申报", sentence=sentence, path=path,
                project_code="FL-1",
            )  # fmt: skip
    return {"hospital": hospital_clerk, "city": city_reviewer, "stranger": neighbour_clerk}


def sentences(response: Any) -> list[str]:
    return [entry.sentence for entry in response.context["page"].entries]


BOTH = ["审核通过：武昌区人民医院", "上报：武昌区人民医院"]


def test_everybody_sees_their_own_subtree(
    logged: dict[str, User], client_of: ClientOf, province_officer: User, alliance_officer: User
) -> None:
    assert sentences(client_of(logged["hospital"]).get("/audit/")) == BOTH
    assert sentences(client_of(province_officer).get("/audit/")) == BOTH
    assert sentences(client_of(logged["stranger"]).get("/audit/")) == ["上报：小店区人民医院"]
    assert len(sentences(client_of(alliance_officer).get("/audit/"))) == 3


def test_enterprises_see_no_units(
    logged: dict[str, User], client_of: ClientOf, manufacturer_agent: User
) -> None:
    assert sentences(client_of(manufacturer_agent).get("/audit/")) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"actor": "陈市审"}, BOTH[:1]),
        ({"verb": "上报"}, BOTH[1:]),
        ({"unit": "武昌区人民医院"}, BOTH),
        ({"unit": "H420106"}, BOTH),
        ({"unit": "小店"}, []),
        ({"until": "2020-01-01"}, []),
        ({"since": "2020-01-01"}, BOTH),
        ({"since": "nonsense"}, []),
    ],
)
def test_filters(
    logged: dict[str, User],
    client_of: ClientOf,
    province_officer: User,
    query: dict[str, str],
    found: list[str],
) -> None:
    assert sentences(client_of(province_officer).get("/audit/", query)) == found


def test_without_dates_it_looks_back_ninety_days(
    logged: dict[str, User], client_of: ClientOf
) -> None:
    response = client_of(logged["city"]).get("/audit/")

    since = timezone.localdate() - timedelta(days=90)
    assert f'value="{since:%Y-%m-%d}"' in response.content.decode()


def test_pages_go_on_by_key_without_gap_or_repetition(
    client_of: ClientOf, city_reviewer: User
) -> None:
    with whole_country(reason="test"):
        entries = [Entry("上报", "x", f"第 {n} 条", city_reviewer.path) for n in range(25)]
        record_many(by=Actor.of(city_reviewer), entries=entries)
    client = client_of(city_reviewer)
    seen: list[str] = []
    address = "?per_page=10"

    while address:
        response = client.get(f"/audit/{address}")
        seen += sentences(response)
        address = response.context["older"]

    assert sorted(seen) == sorted(f"第 {n} 条" for n in range(25))
    assert len(seen) == len(set(seen))


def test_a_broken_key_starts_from_the_latest(logged: dict[str, User], client_of: ClientOf) -> None:
    for key in ("x", "2026-01-01", "2026-13-45T00:00:00Z,1", "2026-01-01T00:00:00,5"):
        assert sentences(client_of(logged["city"]).get("/audit/", {"before": key})) == BOTH


@pytest.mark.parametrize("count", [1, 50])
def test_the_page_costs_the_same_for_one_and_fifty(
    client_of: ClientOf, city_reviewer: User, count: int
) -> None:
    with whole_country(reason="test"):
        entries = [Entry("上报", "x", f"第 {n} 条", city_reviewer.path) for n in range(count)]
        record_many(by=Actor.of(city_reviewer), entries=entries)
    client = client_of(city_reviewer)
    client.get("/audit/")

    with CaptureQueriesContext(connection) as statements:
        client.get("/audit/", {"per_page": "50"})

    assert len(statements) == 4


def test_the_export_carries_what_the_filter_shows(
    logged: dict[str, User], client_of: ClientOf
) -> None:
    response = client_of(logged["city"]).get("/audit/export/", {"verb": "审核"})

    book = opened_export(BytesIO(b"".join(response.streaming_content)))
    rows = list(book["操作日志"].iter_rows(values_only=True))
    assert rows[0][:3] == ("时间", "操作人", "单位")
    assert [row[6] for row in rows[1:]] == ["审核通过：武昌区人民医院"]


def test_a_long_export_is_a_job_within_the_owners_scope(
    logged: dict[str, User], client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.exchange.domain.exports.AT_ONCE", 1)

    response = client_of(logged["city"]).get("/audit/export/")

    assert response.status_code == 302
    run_waiting_jobs()
    with whole_country(reason="test"), Job.objects.get().result.open() as file:
        book = opened_export(BytesIO(file.read()))
    said = [row[6] for row in book["操作日志"].iter_rows(values_only=True, min_row=2)]
    assert said == BOTH


def test_formulas_in_the_log_stay_text(client_of: ClientOf, city_reviewer: User) -> None:
    with whole_country(reason="test"):
        by = Actor.of(city_reviewer)
        record(by=by, verb="上报", object="x", sentence="=1+1", path=city_reviewer.path)

    response = client_of(city_reviewer).get("/audit/export/")

    book = opened_export(BytesIO(b"".join(response.streaming_content)))
    assert book["操作日志"]["G2"].data_type == "s"


def test_entries_never_change(logged: dict[str, User]) -> None:
    with whole_country(reason="test"), pytest.raises(Exception, match="append_only"):
        LogEntry.objects.update(sentence="x")


def test_times_are_told_in_beijing(client_of: ClientOf, city_reviewer: User) -> None:
    with whole_country(reason="test"), time_machine.travel("2026-11-01T16:30:00Z", tick=False):
        by = Actor.of(city_reviewer)
        record(by=by, verb="上报", object="x", sentence="夜里", path=city_reviewer.path)

    html = client_of(city_reviewer).get("/audit/", {"since": "2026-01-01"}).content.decode()

    assert "2026-11-02 00:30:00" in html
