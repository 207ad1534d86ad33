"""`/accounts/issue/`: who gives accounts to whom, and the sheet that is taken once."""

import io
import re
import zipfile
from datetime import timedelta

import pypdf
import pytest
import time_machine
from django.utils import timezone

from apps.accounts.domain import issuing
from apps.accounts.domain.actors import Actor
from apps.accounts.domain.reads import ISSUE
from apps.accounts.domain.usernames import username_of
from apps.accounts.models import IssuedPassword, IssueSheet, SheetKind, User
from apps.accounts.models.roles import Role
from apps.audit.models import LogEntry
from apps.jobs.inline import run_waiting_jobs
from apps.jobs.models import Job
from apps.jobs.services import cancel, enqueue
from apps.organizations.models import Organization
from apps.scope.context import whole_country
from tests import factories
from tests.exported import opened_export
from tests.factories_projects import ProjectFactory, WinningProductFactory
from tests.pages import all_of, tags, words_of

URL = "/accounts/issue/"
ENTERPRISES = "/accounts/issue/enterprises/"
HUBEI = {
    "420100": "city4201", "420106": "county420106", "420200": "city4202", "420202": "county420202",
    "H42010600001": "H42010600001", "H42010600002": "H42010600002", "H42010000001": "H42010000001",
    "H42000000001": "H42000000001", "H42020200001": "H42020200001",
}  # fmt: skip


def units_listed(response):
    return set(re.findall(r'<small class="num">(\w+)</small>', response.content.decode()))


def issue(client, *units, url=URL, **more):
    return client.post(url, {"selected": [unit.pk for unit in units], **more})


def now():
    return timezone.now().isoformat()


def take(client, response, form="xlsx"):
    return client.post(f"{response['Location']}take/", {"format": form})


def rows_of(content):
    book = opened_export(io.BytesIO(content))
    return [row[:5] for row in book["账号发放单"].iter_rows(min_row=2, values_only=True)]


@pytest.mark.covers("S2-04", "S2-05", "S2-06")
def test_a_province_issues_everything_below_it(client_of, province_officer):
    response = client_of(province_officer).get(URL)

    assert units_listed(response) == set(HUBEI)
    assert "发放账号" in words_of(response.content.decode(), "a", "button")


@pytest.mark.covers("S2-07")
def test_the_alliance_issues_provinces(client_of, alliance_officer, tree):
    assert units_listed(client_of(alliance_officer).get(URL)) == {"42", "14"}


def test_others_issue_nothing(client_of, city_reviewer, hospital_clerk, manufacturer_agent):
    for person in (city_reviewer, hospital_clerk, manufacturer_agent):
        assert client_of(person).get(URL).status_code == 403
        assert issue(client_of(person)).status_code == 403


def test_units_with_an_account_and_closed_ones_are_not_listed(
    client_of, province_officer, city_reviewer, tree
):
    with whole_country(reason="test"):
        Organization.objects.filter(code="H42010600002").update(is_active=False)

    assert units_listed(client_of(province_officer).get(URL)) == set(HUBEI) - {
        "420100",
        "H42010600002",
    }


@pytest.mark.covers("S0-11")
def test_issued_accounts_work_once_with_the_password_of_the_sheet(
    client_of, province_officer, tree
):
    client = client_of(province_officer)

    response = issue(client, *(tree[code] for code in HUBEI))
    rows = rows_of(take(client, response).content)

    assert {row[0]: row[3] for row in rows} == HUBEI
    with whole_country(reason="test"):
        accounts = {
            account.username: account for account in User.objects.filter(issued_at__isnull=False)
        }
        for _code, unit, _superior, username, password in rows:
            account = accounts[username]
            assert account.check_password(password)
            assert account.must_change_password
            assert (account.organization.name, account.path) == (unit, account.organization.path)
            assert account.role == account.organization.tier


def test_units_elsewhere_are_not_issued(client_of, province_officer, tree):
    client = client_of(province_officer)

    response = issue(client, tree["140100"], tree["0"])

    assert response["Location"] == URL
    with whole_country(reason="test"):
        assert User.objects.count() == 1


def test_a_sheet_is_taken_once_and_then_empty(client_of, province_officer, tree):
    client = client_of(province_officer)
    response = issue(client, tree["420100"])
    assert "只能下载一次" in client.get(response["Location"]).content.decode()

    first = take(client, response)
    second = take(client, response, "pdf")

    assert (first.status_code, "no-store" in first["Cache-Control"]) == (200, True)
    assert second["Location"] == response["Location"]
    page = client.get(response["Location"]).content.decode()
    assert "一次性密码已删除" in page
    assert rows_of(first.content)[0][4] not in page
    with whole_country(reason="test"):
        assert not IssuedPassword.objects.exists()


def test_all_formats_carry_the_same(client_of, province_officer, tree):
    client = client_of(province_officer)
    pdf = take(client, issue(client, tree["420100"]), "pdf")
    both = take(client, issue(client, tree["420106"]), "zip")

    text = pypdf.PdfReader(io.BytesIO(pdf.content)).pages[0].extract_text()
    assert "武汉市医疗保障局" in text
    assert "city4201" in text
    archive = zipfile.ZipFile(io.BytesIO(both.content))
    assert sorted(archive.namelist()) == ["账号发放单.pdf", "账号发放单.xlsx"]


def test_units_whose_accounts_a_job_is_making_are_not_offered(client_of, province_officer, tree):
    client, by = client_of(province_officer), Actor.of(province_officer)
    with whole_country(reason="test"):
        wanted = [tree["420100"].pk, tree["420106"].pk]
        sheet = issuing.open_sheet(by=by, kind=SheetKind.UNITS, target_ids=wanted)
        job = enqueue(ISSUE, by=by, sheet_id=sheet.pk)

    listed = client.get(URL)
    assert units_listed(listed) == set(HUBEI) - {"420100", "420106"}
    assert "正在发放账号" in listed.content.decode()
    with whole_country(reason="test"):
        cancel(job)

    assert units_listed(client.get(URL)) == set(HUBEI)


def test_sheets_of_one_minute_have_names_of_their_own(client_of, province_officer, tree):
    minute = timezone.now().replace(second=0, microsecond=0)
    with whole_country(reason="test"):
        for second, code in ((5, "420106"), (40, "420100")):
            with time_machine.travel(minute + timedelta(seconds=second), tick=False):
                issuing.open_sheet(
                    by=Actor.of(province_officer),
                    kind=SheetKind.UNITS,
                    target_ids=[tree[code].pk],
                )
        names = list(IssueSheet.objects.values_list("title", flat=True))

    assert len(set(names)) == 2


def test_nobody_else_takes_the_sheet(client_of, province_officer, tree, neighbour_officer):
    response = issue(client_of(province_officer), tree["420100"])
    colleague = factories.sub_account_of(
        province_officer, permission_subset=["manage_accounts", "reset_passwords"]
    )

    for person in (neighbour_officer, colleague):
        assert client_of(person).get(response["Location"]).status_code == 404
        assert take(client_of(person), response).status_code == 404


def test_secrets_are_in_no_log_audit_or_job(client_of, province_officer, tree, capfd):
    client = client_of(province_officer)
    with whole_country(reason="test"):
        for _ in range(40):
            factories.InstitutionFactory(parent=tree["420106"])
    response = client.post(f"{URL}?superior=武昌", all_of(client, f"{URL}?superior=武昌"))
    run_waiting_jobs()

    with whole_country(reason="test"):
        sheet, job = IssueSheet.objects.get(), Job.objects.get()
        rows = rows_of(client.post(f"{URL}sheets/{sheet.pk}/take/", {"format": "xlsx"}).content)
        told = [
            str(vars(row)) for model in (LogEntry, Job, IssueSheet) for row in model.objects.all()
        ]
    captured = capfd.readouterr()
    written = "".join([*told, captured.out, captured.err])

    assert response["Location"] == f"/jobs/{job.pk}/"
    assert (job.status, job.message) == (
        "succeeded",
        "已生成 42 个账号的一次性密码，请下载发放单。",
    )
    assert len(rows) == 42
    assert not [row for row in rows if row[4] in written]


def test_stored_passwords_cannot_be_read_from_the_tables(client_of, province_officer, tree):
    client = client_of(province_officer)
    response = issue(client, tree["420100"])
    with whole_country(reason="test"):
        stored = bytes(IssuedPassword.objects.get().sealed)

    password = rows_of(take(client, response).content)[0][4]

    assert password.encode() not in stored


def test_sheets_expire(client_of, province_officer, tree):
    client = client_of(province_officer)
    issue(client, tree["420100"])

    with time_machine.travel(timezone.now() + timedelta(days=4)), whole_country(reason="test"):
        assert issuing.expire_sheets() == 1
        assert not IssuedPassword.objects.exists()


def test_a_reset_takes_the_old_password_off_the_sheet(client_of, province_officer, tree):
    client = client_of(province_officer)
    response = issue(client, tree["420100"], tree["420200"])
    with whole_country(reason="test"):
        account = User.objects.get(username="city4201")
    client.post(
        f"/accounts/subordinates/{account.pk}/reset/",
        {"seen": account.password_changed_at.isoformat()},
    )

    assert [row[3] for row in rows_of(take(client, response).content)] == ["city4202"]


def test_many_resets_make_a_sheet(
    client_of, city_reviewer, hospital_clerk, county_reviewer, neighbour_clerk
):
    client = client_of(city_reviewer)
    accounts = (hospital_clerk, county_reviewer, city_reviewer, neighbour_clerk)

    address = "/accounts/subordinates/reset/?role=institution"
    response = issue(client, *accounts, url=address, seen=now())
    rows = rows_of(take(client, response).content)

    assert {row[3] for row in rows} == {"H42010600001", "county420106"}
    with whole_country(reason="test"):
        for account in User.objects.filter(username__in=[row[3] for row in rows]):
            assert account.must_change_password
        assert User.objects.get(pk=neighbour_clerk.pk).check_password(factories.PASSWORD)


def test_all_that_match_the_filter_are_reset(
    client_of, city_reviewer, hospital_clerk, county_reviewer
):
    client = client_of(city_reviewer)

    found = all_of(client, "/accounts/subordinates/?role=institution")
    response = client.post(
        "/accounts/subordinates/reset/?role=institution", found | {"seen": now()}
    )

    assert [row[3] for row in rows_of(take(client, response).content)] == ["H42010600001"]


def test_one_may_be_issued_by_the_button_of_its_row(client_of, province_officer, tree):
    page = client_of(province_officer).get(URL).content.decode()

    (button,) = tags(page, "button", form="single", value=str(tree["420100"].pk))
    assert (button.words, button["name"]) == ("发放", "selected")


@pytest.mark.covers("S4-02")
def test_the_alliance_issues_manufacturers(client_of, alliance_officer, province_officer):
    maker = factories.EnterpriseFactory(name="江城制药有限公司")
    factories.EnterpriseFactory(name="楚天医药配送有限公司")
    with whole_country(reason="test"):
        WinningProductFactory(
            item__project=ProjectFactory(code="FL-1", kind="allocation"), enterprise=maker
        )
    assert client_of(province_officer).get(ENTERPRISES).status_code == 403
    client = client_of(alliance_officer)
    offered = client.get(ENTERPRISES).content.decode()
    assert "江城制药有限公司" in offered
    assert "楚天医药配送有限公司" not in offered

    rows = rows_of(take(client, issue(client, maker, url=ENTERPRISES)).content)

    assert [row[3] for row in rows] == [maker.uscc]
    with whole_country(reason="test"):
        account = User.objects.get(enterprise=maker)
    assert (account.role, account.path) == (Role.MANUFACTURER, f"/0/E{maker.pk}/")
    assert "江城制药有限公司" not in client.get(ENTERPRISES).content.decode()


def test_a_taken_username_refuses_the_whole_issue(client_of, province_officer, tree):
    factories.administrator(username="CITY4201")
    client = client_of(province_officer)

    response = issue(client, tree["420100"], tree["420200"])

    assert "用户名 CITY4201 已被其他账号使用" in client.get(response["Location"]).content.decode()
    with whole_country(reason="test"):
        assert not User.objects.filter(username="city4202").exists()


@pytest.mark.parametrize(
    ("code", "username"),
    [
        ("0", "alliance"),
        ("42", "province42"),
        ("420100", "city4201"),
        ("420106", "county420106"),
        ("H42010600001", "H42010600001"),
    ],
)
def test_usernames_by_rule(tree, code, username):
    assert username_of(tree[code]) == username
