"""催报: in the inbox with a receipt, in the log, out by the backend, and never twice too soon (S3-02)."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import User
from apps.audit.models import LogEntry
from apps.jobs.inline import run_waiting_jobs
from apps.notices.messages import Reminded, empty_outbox
from apps.notices.models import Message, MessageKind
from apps.notices.reading import unread_count
from apps.organizations.models import Organization
from apps.portal.domain.reminding import RemindRefused, remind
from apps.projects.models import Phase, Project
from apps.review.models import Filing
from apps.review.models.statuses import Status
from apps.scope.context import enter
from tests.cast import Tree
from tests.factories import account_of, sub_account_of
from tests.factories_review import put
from tests.pages import all_of
from tests.review.planting import filing_of, planted, register_paper

ClientOf = Callable[[User], Client]
URL = "/progress/PAPER/"


@pytest.fixture
def project(tree: Tree, country: object) -> Project:
    del country
    register_paper()
    return planted([unit for unit in tree.values() if unit.tier == "institution"])


@pytest.fixture
def late(project: Project, hospital_clerk: User) -> Filing:
    return filing_of(project, hospital_clerk)


def reminded(project: Project, person: User, *filings: Filing, words: str = "") -> Reminded:
    with enter(scope_of(person)):
        ids = [filing.pk for filing in filings]
        return remind(project, ids, by=Actor.of(person), words=words)


@pytest.mark.covers("S3-02")
def test_a_reminder_is_in_the_inbox_and_in_the_log(
    project: Project, late: Filing, city_reviewer: User, hospital_clerk: User
) -> None:
    result = reminded(project, city_reviewer, late, words="今天截止。")

    assert result == Reminded(sent=1, too_soon=0, settled=0)
    message = Message.objects.get()
    assert (message.path, message.kind) == (late.path, MessageKind.REMINDER)
    assert "武汉市医疗保障局提醒武昌区人民医院" in message.body
    assert message.body.endswith("今天截止。")
    assert LogEntry.objects.filter(verb="催报", path=late.path, project_code="PAPER").count() == 1
    with enter(scope_of(hospital_clerk)):
        assert unread_count(hospital_clerk) == 1


def test_nobody_is_reminded_twice_within_the_configured_time(
    project: Project, late: Filing, city_reviewer: User, province_officer: User
) -> None:
    reminded(project, city_reviewer, late)

    again = reminded(project, city_reviewer, late)
    from_above = reminded(project, province_officer, late)
    with time_machine.travel(timezone.now() + timedelta(hours=13), tick=True):
        later = reminded(project, city_reviewer, late)

    assert (again, from_above) == (Reminded(0, 1, 0), Reminded(0, 1, 0))
    assert later.sent == 1
    assert Message.objects.count() == 2


def test_who_has_reported_is_not_reminded(
    project: Project, late: Filing, city_reviewer: User, tree: Tree
) -> None:
    (done,) = put(Status.SUBMITTED, filing_of(project, tree["H42010600002"]))

    assert reminded(project, city_reviewer, late, done) == Reminded(1, 0, 1)


def test_a_bureau_is_reminded_of_its_package(
    project: Project, province_officer: User, city_reviewer: User
) -> None:
    reminded(project, province_officer, filing_of(project, city_reviewer))

    assert "审核并提交" in Message.objects.get(path=city_reviewer.path).body


def test_reminding_needs_the_right_and_a_round_under_way(
    project: Project, late: Filing, city_reviewer: User, neighbour_officer: User
) -> None:
    reader = sub_account_of(city_reviewer, permission_subset=["query"])
    with pytest.raises(RemindRefused, match="不能催报"):
        reminded(project, reader, late)
    assert reminded(project, neighbour_officer, late).sent == 0
    Project.objects.filter(pk=project.pk).update(phase=Phase.CONCLUDED, concluded_at=timezone.now())
    with pytest.raises(RemindRefused, match="办结"):
        reminded(project, city_reviewer, late)


def test_the_receipt_is_the_first_reader_s(
    project: Project, late: Filing, city_reviewer: User, hospital_clerk: User, client_of: ClientOf
) -> None:
    reminded(project, city_reviewer, late)
    message = Message.objects.get()

    above = client_of(city_reviewer).get(f"/notices/messages/{message.pk}/")
    client = client_of(hospital_clerk)
    listed = client.get("/notices/messages/").content.decode()
    opened = client.get(f"/notices/messages/{message.pk}/").content.decode()

    assert above.status_code == 404
    assert "催报：测试项目" in listed
    assert "去办理" in opened
    message.refresh_from_db()
    assert message.read_by == hospital_clerk
    shown = client_of(city_reviewer).get(f"{URL}institutions/").content.decode()
    assert "最近催报" in shown


@pytest.mark.parametrize("everybody", [False, True])
def test_the_page_reminds_the_ticked_or_all_that_match(
    everybody: bool,
    project: Project,
    late: Filing,
    city_reviewer: User,
    client_of: ClientOf,
) -> None:
    client = client_of(city_reviewer)
    data = all_of(client, f"{URL}institutions/") if everybody else {"selected": [late.pk]}

    done = client.post(f"{URL}remind/", {**data, "words": "请抓紧。"})

    assert done["Location"] == f"{URL}institutions/?"
    assert Message.objects.count() == (3 if everybody else 1)


def test_thousands_are_reminded_in_the_background(
    project: Project, city_reviewer: User, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("apps.portal.pages.progress.AT_ONCE", 2)

    client = client_of(city_reviewer)
    answer = client.post(f"{URL}remind/", all_of(client, f"{URL}institutions/"))
    run_waiting_jobs()

    assert answer["Location"].startswith("/jobs/")
    assert Message.objects.count() == 3


@pytest.mark.parametrize("backend", ["MailBackend", "ConsoleBackend"])
def test_what_has_a_phone_leaves_the_platform_once(
    backend: str, project: Project, late: Filing, city_reviewer: User, settings: object
) -> None:
    settings.MESSAGE_BACKEND = f"apps.notices.backends.{backend}"  # type: ignore[attr-defined]
    Organization.objects.filter(pk=late.organization_id).update(
        phone="13900000000", contact_name="王医办"
    )
    reminded(project, city_reviewer, late)

    sent = (empty_outbox(), empty_outbox())

    assert sent == (1, 0)
    assert [each.to for each in mail.outbox] == (
        [["13900000000@139.com"]] if backend == "MailBackend" else []
    )
    assert Message.objects.get().handed_over_at is not None


def test_a_backend_that_fails_loses_nothing(
    project: Project, late: Filing, city_reviewer: User, settings: object
) -> None:
    Organization.objects.filter(pk=late.organization_id).update(phone="13900000000")
    reminded(project, city_reviewer, late)
    settings.MESSAGE_BACKEND = "apps.notices.backends.Nothing"  # type: ignore[attr-defined]

    failed = empty_outbox()
    settings.MESSAGE_BACKEND = "apps.notices.backends.ConsoleBackend"  # type: ignore[attr-defined]

    assert (failed, empty_outbox()) == (0, 1)


def test_it_counts_only_whom_it_reaches(
    project: Project, late: Filing, city_reviewer: User, hospital_clerk: User, tree: Tree
) -> None:
    """Neither a unit that has no account nor one whose account is shut."""
    shut = account_of(tree["H42010000001"], is_active=False)
    silent = [filing_of(project, tree["H42010600002"]), filing_of(project, shut)]

    result = reminded(project, city_reviewer, late, *silent)

    assert result == Reminded(sent=1, too_soon=0, settled=0, unreachable=2)
    assert "另有 2 家没有账号" in result.in_words
