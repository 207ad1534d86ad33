"""发放: from a distributor to an account, one or many, each username once in the life of a province."""

import io
import re
import threading

import pypdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.domain.actors import Actor
from apps.accounts.domain.issue_targets import IssueRefused
from apps.accounts.domain.issuing import NothingToIssue, fill_sheet, open_sheet
from apps.accounts.domain.scopes import scope_of
from apps.accounts.models import IssueSheet, SheetKind, User
from apps.distribution.domain.distributors.issuing import take_numbers
from apps.distribution.models import DistributorAccount, UsernameSequence
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.scope.context import enter, whole_country
from tests import factories
from tests import factories_distribution as make
from tests.exported import opened_export
from tests.pages import all_of, tags, words_of

URL = "/distribution/distributors/"


def take(client, address, form="xlsx"):
    return client.post(f"{address}take/", {"format": form}).content


def lines_of(content):
    book = opened_export(io.BytesIO(content))
    return [row[:5] for row in book["账号发放单"].iter_rows(min_row=2, values_only=True)]


def usernames():
    with whole_country(reason="test"):
        rows = DistributorAccount.objects.issued().select_related("user").order_by("pk")
        return [row.user.username for row in rows]


@pytest.mark.covers("S4-06", "S4-31", "S4-32", "S4-35", "S4-36")
def test_one_is_issued_by_its_row_and_signs_in_with_the_sheets_password(
    client_of, client, province_officer, tree, settings
):
    settings.CAPTCHA = "off"
    row = make.distributor(tree["42"], "楚天医药配送有限公司", provincial_account="SX0001")
    officer = client_of(province_officer)
    page = officer.get(URL).content.decode()
    button = next(tag for tag in tags(page, "button", name="selected") if tag.words == "发放")
    assert (button["form"], button["value"]) == ("single", str(row.pk))

    response = officer.post(URL, {"selected": [row.pk]})
    [(code, unit, _superior, username, password)] = lines_of(take(officer, response["Location"]))

    assert (code, unit, username) == (row.enterprise.uscc, "楚天医药配送有限公司", "P42SX0001")
    assert re.fullmatch(r"\w{4}-\w{4}-\w{4}", password)
    client.post("/accounts/login/", {"username": username, "password": password})
    assert client.get("/")["Location"] == "/accounts/password/?next=%2F"
    with whole_country(reason="test"):
        row.refresh_from_db()
        user = row.user
        assert (row.issued_by, user.path, user.role) == (province_officer, row.path, "distributor")
        assert (user.name, user.phone, user.enterprise) == ("郑配送", "13971234567", row.enterprise)
        assert user.last_login is not None
    assert "是" in officer.get(f"{URL}?seen=1").content.decode()


@pytest.mark.covers("S4-36")
def test_what_was_not_issued_has_no_account(client_of, province_officer, tree):
    make.distributor(tree["42"], provincial_account="SX0001")

    with whole_country(reason="test"):
        assert [user.username for user in User.objects.all()] == ["province42"]


@pytest.mark.covers("S4-32", "S4-42")
def test_many_are_issued_by_their_boxes_in_order(client_of, province_officer, tree):
    rows = [make.distributor(tree["42"], f"配送{number}有限公司") for number in range(4)]
    named = make.distributor(tree["42"], "有账号有限公司", provincial_account="0002")
    client = client_of(province_officer)

    response = client.post(URL, {"selected": [row.pk for row in (*rows[:3], named)]})
    text = pypdf.PdfReader(io.BytesIO(take(client, response["Location"], "pdf"))).pages[0]

    # 0002 is somebody's provincial account: the sequence leaves it out.
    assert usernames() == ["P420001", "P420003", "P420004", "P420002"]
    assert "P420003" in text.extract_text()
    assert "配送2有限公司" in text.extract_text()
    again = client.post(URL, {"selected": [row.pk for row in rows]})
    assert [line[3] for line in lines_of(take(client, again["Location"]))] == ["P420005"]


@pytest.mark.covers("S4-42")
def test_all_that_match_are_issued_by_a_job(client_of, province_officer, neighbour_officer, tree):
    *_, last = [make.distributor(tree["42"], f"配送{number}有限公司") for number in range(40)]
    make.distributor(tree["42"], "别的有限公司")
    make.distributor(tree["14"], "配送外省有限公司")
    client = client_of(province_officer)

    response = client.post(f"{URL}?name=配送", all_of(client, f"{URL}?name=配送"))
    page = client.get(f"{URL}?name=配送").content.decode()
    assert "发放中" in words_of(page, "td")
    assert "发放" not in words_of(page, "button")
    again = client.post(URL, {"selected": [last.pk]}, follow=True).content.decode()
    assert "请先勾选。" in again
    run_waiting_jobs()

    with whole_country(reason="test"):
        job, sheet = Job.objects.get(), IssueSheet.objects.get()
        assert response["Location"] == f"/jobs/{job.pk}/"
        assert (job.status, job.done, job.total) == ("succeeded", 40, 40)
        assert job.message == "已生成 40 个账号的一次性密码，请下载发放单。"
        assert DistributorAccount.objects.unissued().count() == 2
    assert "有发放单还没有下载" in client.get(URL).content.decode()
    lines = lines_of(take(client, f"/accounts/issue/sheets/{sheet.pk}/"))
    assert len({line[4] for line in lines}) == 40
    assert "有发放单还没有下载" not in client.get(URL).content.decode()


def test_other_provinces_and_issued_ones_are_left_alone(
    client_of, province_officer, neighbour_officer, tree
):
    there = make.distributor(tree["14"], "三晋配送有限公司")
    done = make.distributor(tree["42"], "楚天医药配送有限公司")
    make.issued(done, province_officer, username="P420001")
    client = client_of(province_officer)

    response = client.post(URL, {"selected": [there.pk, done.pk]})

    assert response["Location"] == URL
    assert usernames() == ["P420001"]


def test_a_taken_name_is_left_out_and_numbers_never_come_back(
    province_officer, tree, scope_of_user
):
    factories.enterprise_account(
        factories.EnterpriseFactory(), "distributor", tree["42"], username="p420002"
    )
    with scope_of_user(province_officer):
        assert take_numbers(tree["42"], 2) == [1, 3]
        assert take_numbers(tree["42"], 0) == []
        assert take_numbers(tree["42"], 2) == [4, 5]


@pytest.mark.covers("S4-32")
def test_a_province_that_ran_out_of_numbers_is_told(client_of, province_officer, tree):
    rows = [make.distributor(tree["42"], f"配送{number}有限公司") for number in range(3)]
    with whole_country(reason="test"):
        UsernameSequence.objects.create(province=tree["42"], last=9_997)
    client = client_of(province_officer)

    page = client.post(URL, {"selected": [row.pk for row in rows]}, follow=True).content.decode()

    assert "本省四位顺序号只剩 2 个，没有省平台账号的所选企业有 3 家，没有发放任何账号。" in page
    assert usernames() == []
    client.post(URL, {"selected": [row.pk for row in rows[:2]]})
    assert usernames() == ["P429998", "P429999"]


def test_nobody_issues_without_the_right(tree, city_reviewer, alliance_officer, province_officer):
    row = make.distributor(tree["42"])
    reader = factories.sub_account_of(province_officer, permission_subset=["query"])

    for person in (city_reviewer, alliance_officer, reader):
        with enter(scope_of(person)):
            sheet = open_sheet(
                by=Actor.of(person), kind=SheetKind.DISTRIBUTORS, target_ids=[row.pk]
            )
            with pytest.raises(NothingToIssue):
                fill_sheet(by=Actor.of(person), sheet_id=sheet.pk)
    assert usernames() == []


def test_thirty_cost_as_many_statements_as_three(province_officer, tree, scope_of_user):
    rows = [make.distributor(tree["42"], f"配送{number}有限公司").pk for number in range(33)]

    def cost(ids):
        with scope_of_user(province_officer), CaptureQueriesContext(connection) as asked:
            by = Actor.of(province_officer)
            sheet = open_sheet(by=by, kind=SheetKind.DISTRIBUTORS, target_ids=ids)
            assert fill_sheet(by=by, sheet_id=sheet.pk).count == len(ids)
        return len(asked)

    assert cost(rows[:3]) == cost(rows[3:])


@pytest.mark.covers("S4-32")
@pytest.mark.django_db(transaction=True)
def test_two_people_who_issue_fifty_each_at_once_never_share_a_number():
    tree = factories.build_tree()
    officer = factories.account_of(tree["42"])
    colleague = factories.sub_account_of(
        officer, permission_subset=["query", "manage_accounts", "reset_passwords"]
    )
    ids = [make.distributor(tree["42"]).pk for _ in range(100)]
    barrier, outcomes = threading.Barrier(3), []

    def issue(person, targets):
        try:
            barrier.wait()
            with enter(scope_of(person)):
                by = Actor.of(person)
                sheet = open_sheet(by=by, kind=SheetKind.DISTRIBUTORS, target_ids=targets)
                outcomes.append(fill_sheet(by=by, sheet_id=sheet.pk).count)
        except (IssueRefused, NothingToIssue) as error:
            outcomes.append(error)
        finally:
            connection.close()

    # The third one overlaps with both of them: whoever comes second leaves those alone.
    shares = [(officer, ids[:50]), (colleague, ids[50:]), (officer, ids[40:60])]
    threads = [threading.Thread(target=issue, args=share) for share in shares]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    counts = [outcome for outcome in outcomes if isinstance(outcome, int)]
    others = [str(outcome) for outcome in outcomes if not isinstance(outcome, int)]
    assert sum(counts) == 100
    assert all("没有可发放的账号" in other for other in others)
    assert sorted(usernames()) == [f"P42{number:04d}" for number in range(1, 101)]
    with whole_country(reason="test"):
        assert UsernameSequence.objects.get().last == 100
