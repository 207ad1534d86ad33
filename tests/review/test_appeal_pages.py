"""The pages of 申诉: appealed from where the thing stands, listed with counts, answered, taken along as a file."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from apps.accounts.models import User
from apps.projects.models import Project
from apps.review.models import Appeal, AppealState, FilingEvent
from tests.review.appealing import correction_in
from tests.review.test_correction_pages import PNG

pytestmark = pytest.mark.usefixtures("country")
ClientOf = Callable[[User], Client]
LIST = "/review/PAPER/appeals/"


def test_from_the_return_to_the_appeal_with_a_file(
    round_on_paper: Project, event: FilingEvent, hospital_clerk: User, client_of: ClientOf
) -> None:
    client = client_of(hospital_clerk)
    url = f"{LIST}event/{event.pk}/"
    page = client.get(f"/review/PAPER/filings/{event.filing_id}/")
    assert f'href="{url}"' in page.content.decode()
    assert "退回修改：数量有误" in client.get(url).content.decode()

    bad = client.post(url, {"text": "属实", "file": SimpleUploadedFile("a.exe", b"MZ")})
    assert "格式不能上传" in bad.content.decode()
    paper = SimpleUploadedFile("进货单.png", PNG, content_type="image/png")
    done = client.post(url, {"text": "属实", "file": paper})

    appeal = Appeal.objects.get()
    assert done.headers["Location"] == f"{LIST}{appeal.pk}/"
    assert client.get(f"{LIST}{appeal.pk}/file/").getvalue() == PNG
    again = client.post(url, {"text": "属实"})
    assert again.status_code == 409
    assert "已经申诉过" in again.content.decode()


def test_a_page_says_why_not(event: FilingEvent, hospital_clerk: User, client_of: ClientOf) -> None:
    client, url = client_of(hospital_clerk), f"{LIST}event/{event.pk}/"
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        late = client_of(hospital_clerk).get(url)
    assert "申诉期限已于" in late.content.decode()
    assert client.get(f"{LIST}nothing/1/").status_code == 404


def test_answered_with_a_correction(
    appeal: Appeal, city_reviewer: User, hospital_clerk: User, client_of: ClientOf
) -> None:
    client, url = client_of(city_reviewer), f"{LIST}{appeal.pk}/"
    correction = correction_in(appeal.project)
    assert 'name="answer"' in client.get(url).content.decode()

    empty = client.post(f"{url}answer/", {"state": "upheld", "answer": ""})
    assert empty.context["answer"].errors
    told = {"state": "upheld", "answer": "核实无误"}
    assert client.post(f"{url}answer/", told).status_code == 302
    refused = client.post(f"{url}answer/", told)
    assert refused.status_code == 409
    assert "没有重复办理" in refused.content.decode()
    assert client.post(f"{url}link/", {}).status_code == 302
    client.post(f"{url}link/", {"correction": correction.pk})

    appeal.refresh_from_db()
    assert (appeal.state, appeal.correction) == (AppealState.UPHELD, correction)
    shown = client_of(hospital_clerk).get(url).content.decode()
    assert "核实无误" in shown
    assert "更正第 1 号" in shown


def test_taken_back(appeal: Appeal, hospital_clerk: User, client_of: ClientOf) -> None:
    client, url = client_of(hospital_clerk), f"{LIST}{appeal.pk}/"
    assert "撤回申诉" in client.get(url).content.decode()

    client.post(f"{url}withdraw/")

    appeal.refresh_from_db()
    assert appeal.state == AppealState.WITHDRAWN
    assert 'id="withdraw"' not in client.get(url).content.decode()


def test_the_list_counts_filters_and_says_what_is_late(
    appeal: Appeal,
    city_reviewer: User,
    province_officer: User,
    hospital_clerk: User,
    client_of: ClientOf,
) -> None:
    client = client_of(city_reviewer)

    def rows(query: str, client: Client = client) -> int:
        return len(client.get(f"{LIST}?{query}").context["table"].rows)

    tabs = {tab["label"]: tab["count"] for tab in client.get(LIST).context["tabs"]}
    assert tabs == {"全部": 1, "待答复": 1, "支持": 0, "不支持": 0, "已撤回": 0}
    assert [rows(query) for query in ("state=open", "state=upheld", "answerer=own")] == [1, 0, 1]
    assert [rows(query) for query in ("unit=武昌", "unit=无", "title=退回", "about=line")] == [
        1,
        0,
        1,
        0,
    ]
    assert rows("answerer=own", client_of(province_officer)) == 0
    assert rows("state=overdue") == 0
    with time_machine.travel(appeal.due_at + timedelta(minutes=1)):
        late = client_of(city_reviewer).get(f"{LIST}?state=overdue").content.decode()
    assert "逾期" in late
    own = client_of(hospital_clerk).get(LIST).content.decode()
    assert "申诉方" not in own


def test_nobody_elses(
    appeal: Appeal, neighbour_clerk: User, county_reviewer: User, client_of: ClientOf
) -> None:
    assert client_of(neighbour_clerk).get(f"{LIST}{appeal.pk}/").status_code == 404
    county, url = client_of(county_reviewer), f"{LIST}{appeal.pk}/"
    assert 'name="answer"' not in county.get(url).content.decode()
    refused = county.post(f"{url}answer/", {"state": "upheld", "answer": "好"})
    assert refused.status_code == 409
    assert "答复，不由您的单位办理" in refused.content.decode()
